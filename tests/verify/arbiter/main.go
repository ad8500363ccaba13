// Checks a log in a folder with the packages by which Go checks its own record of modules (golang.org/x/mod/sumdb).
//
//	arbiter LOG_VKEY QUORUM [WITNESS_VKEY ...] < lines
//
// Each line on standard input: a folder, and perhaps, behind a tab, an earlier checkpoint. Each answer: "holds", or what
// does not. It knows of notes, tiles, entries and charters, and nothing of state or of what other entries say: one that
// adopts a charter and changes nothing is none that it could tell.
package main

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

// witness verifies cosignatures (c2sp.org/tlog-cosignature), a kind of signature that package note does not know.
type witness struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (w witness) Name() string    { return w.name }
func (w witness) KeyHash() uint32 { return w.hash }
func (w witness) Verify(msg, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	head := fmt.Sprintf("cosignature/v1\ntime %d\n", binary.BigEndian.Uint64(sig))
	return ed25519.Verify(w.key, append([]byte(head), msg...), sig[8:])
}

func readWitness(vkey string) (note.Verifier, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, fmt.Errorf("no key: %s", vkey)
	}
	raw, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(raw) != 33 || raw[0] != 4 {
		return nil, fmt.Errorf("no key of a witness: %s", vkey)
	}
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), raw...))
	id := binary.BigEndian.Uint32(sum[:])
	if fmt.Sprintf("%08x", id) != parts[1] {
		return nil, fmt.Errorf("a key with another's id: %s", vkey)
	}
	return witness{parts[0], id, raw[1:]}, nil
}

// keys are who must have signed: the log, and so many of the witnesses.
type keys struct {
	log    note.Verifier
	quorum int
	others []note.Verifier
}

func (k keys) head(raw []byte) (tlog.Tree, error) {
	read, err := note.Open(raw, note.VerifierList(append([]note.Verifier{k.log}, k.others...)...))
	if err != nil {
		return tlog.Tree{}, err
	}
	byLog, byOthers := 0, 0
	for _, sig := range append(read.Sigs, read.UnverifiedSigs...) {
		// Package note also reads other spellings of the same signature; one byte of a file is then not what was signed.
		if _, err := base64.StdEncoding.Strict().DecodeString(sig.Base64); err != nil {
			return tlog.Tree{}, err
		}
	}
	for _, sig := range read.Sigs {
		if sig.Name == k.log.Name() && sig.Hash == k.log.KeyHash() {
			byLog++
		} else {
			byOthers++
		}
	}
	if byLog != 1 || byOthers < k.quorum {
		return tlog.Tree{}, fmt.Errorf("signed by %d logs and %d witnesses", byLog, byOthers)
	}
	lines := strings.Split(read.Text, "\n")
	if len(lines) != 4 || lines[0] != k.log.Name() {
		return tlog.Tree{}, fmt.Errorf("a checkpoint of another log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || strconv.FormatInt(size, 10) != lines[1] || size < 1 {
		return tlog.Tree{}, fmt.Errorf("a checkpoint without a size")
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

// folder reads tiles; their paths have no height here (c2sp.org/tlog-tiles).
type folder string

func path(t tlog.Tile) string {
	return strings.Replace(t.Path(), "tile/8/data/", "tile/entries/", 1)
}

func (f folder) file(t tlog.Tile) ([]byte, error) {
	return os.ReadFile(filepath.Join(string(f), "log", strings.Replace(path(t), "tile/8/", "tile/", 1)))
}

func (f folder) Height() int { return height }
func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	found := [][]byte{}
	for _, t := range tiles {
		raw, err := f.file(t)
		if err != nil {
			return nil, err
		}
		found = append(found, raw)
	}
	return found, nil
}
func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}

func (f folder) check(k keys, earlier string) error {
	raw, err := os.ReadFile(filepath.Join(string(f), "log", "checkpoint"))
	if err != nil {
		return err
	}
	tree, err := k.head(raw)
	if err != nil {
		return err
	}
	reader := tlog.TileHashReader(tree, f)
	leaves := make([]int64, tree.N)
	for n := range leaves {
		leaves[n] = tlog.StoredHashIndex(0, int64(n))
	}
	hashes, err := reader.ReadHashes(leaves) // every tile, up to the root
	if err != nil {
		return err
	}
	entries, err := f.each(tree, hashes, reader)
	if err != nil {
		return err
	}
	if err := f.charters(entries); err != nil {
		return err
	}
	for _, n := range []int64{0, tree.N / 2, tree.N - 1} {
		proof, err := tlog.ProveRecord(tree.N, n, reader)
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, n, hashes[n]); err != nil {
			return err
		}
	}
	if earlier == "" {
		return nil
	}
	if raw, err = os.ReadFile(earlier); err != nil {
		return err
	}
	before, err := k.head(raw)
	if err != nil {
		return err
	}
	proof, err := tlog.ProveTree(tree.N, before.N, reader)
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, tree.N, tree.Hash, before.N, before.Hash)
}

// each holds every file below log/ against the tree: bundles entry by entry, tiles of this and of earlier sizes. It
// returns the entries.
func (f folder) each(tree tlog.Tree, hashes []tlog.Hash, reader tlog.HashReader) ([][]byte, error) {
	seen, top := make([][]byte, tree.N), filepath.Join(string(f), "log")
	err := filepath.WalkDir(top, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		short, _ := filepath.Rel(top, name)
		if short == "checkpoint" {
			return nil
		}
		long := strings.Replace(strings.Replace(short, "tile/entries/", "tile/data/", 1), "tile/", "tile/8/", 1)
		tile, err := tlog.ParseTilePath(long)
		if err != nil {
			return err
		}
		raw, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if tile.L < 0 {
			return bundle(raw, tile, hashes, seen)
		}
		must, err := tlog.ReadTileData(tile, reader)
		if err == nil && !bytes.Equal(must, raw) {
			err = fmt.Errorf("%s was changed", short)
		}
		return err
	})
	for n := range seen {
		if err == nil && seen[n] == nil {
			err = fmt.Errorf("entry %d is missing", n)
		}
	}
	return seen, err
}

func bundle(raw []byte, tile tlog.Tile, hashes []tlog.Hash, seen [][]byte) error {
	n, end := tile.N<<height, tile.N<<height+int64(tile.W)
	for ; len(raw) >= 2; n++ {
		size := 2 + int(binary.BigEndian.Uint16(raw))
		if size > len(raw) || n >= end || n >= int64(len(hashes)) || tlog.RecordHash(raw[2:size]) != hashes[n] {
			return fmt.Errorf("entry %d is not the one in the tree", n)
		}
		seen[n], raw = raw[2:size], raw[size:]
	}
	if len(raw) != 0 || n != end {
		return fmt.Errorf("%s breaks off", tile.Path())
	}
	return nil
}

func main() {
	log, err := note.NewVerifier(os.Args[1])
	quorum, bad := strconv.Atoi(os.Args[2])
	if err != nil || bad != nil {
		fmt.Fprintln(os.Stderr, "arbiter: ", err, bad)
		os.Exit(2)
	}
	k := keys{log, quorum, nil}
	for _, vkey := range os.Args[3:] {
		other, err := readWitness(vkey)
		if err != nil {
			fmt.Fprintln(os.Stderr, "arbiter: ", err)
			os.Exit(2)
		}
		k.others = append(k.others, other)
	}
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		name, earlier, _ := strings.Cut(lines.Text(), "\t")
		if err := folder(name).check(k, earlier); err != nil {
			fmt.Printf("%q\n", err.Error())
		} else {
			fmt.Println("holds")
		}
	}
}
