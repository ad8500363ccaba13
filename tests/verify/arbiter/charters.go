package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// trustee is a key that may sign charters. public: kind and key, in base64, which counts once under whatever name.
type trustee struct {
	note.Verifier
	public string
}

// charter is what a charter says of who may sign it and the next one.
type charter struct {
	hub, text, previous string
	version, threshold  int
	trustees            []trustee
	signed              map[string]bool
}

// readCharter reads a charter; before: whose trustees may have signed it besides its own.
func readCharter(raw []byte, before []trustee) (charter, error) {
	end := bytes.LastIndex(raw, []byte("\n\n"))
	if end < 0 {
		return charter{}, errors.New("no charter")
	}
	c := charter{text: string(raw[:end+1]), signed: map[string]bool{}}
	for n, line := range strings.Split(c.text, "\n") {
		word, value, _ := strings.Cut(line, " ")
		var err error
		switch {
		case n == 0:
			c.hub = line
		case word == "version":
			c.version, err = strconv.Atoi(value)
		case word == "threshold":
			c.threshold, err = strconv.Atoi(value)
		case word == "previous":
			c.previous = value
		case word == "trustee":
			var one trustee
			one, err = readTrustee(value)
			c.trustees = append(c.trustees, one)
		}
		if err != nil {
			return c, err
		}
	}
	if !strings.HasSuffix(c.hub, "/charter/v1") || len(c.trustees) < c.threshold || 2*c.threshold <= len(c.trustees) {
		return c, errors.New("no charter, or a threshold that is not more than half of its trustees")
	}
	return c, c.open(raw, append(before[:len(before):len(before)], c.trustees...))
}

func readTrustee(vkey string) (trustee, error) {
	one, err := note.NewVerifier(vkey)
	return trustee{one, vkey[strings.LastIndex(vkey, "+")+1:]}, err
}

// open finds whose signatures hold; one of a known key that does not spoils the charter.
func (c charter) open(raw []byte, known []trustee) error {
	type name struct {
		name string
		hash uint32
	}
	public, verifiers := map[name]string{}, []note.Verifier{}
	for _, one := range known {
		if at := (name{one.Name(), one.KeyHash()}); public[at] == "" {
			public[at], verifiers = one.public, append(verifiers, one.Verifier)
		}
	}
	read, err := note.Open(raw, note.VerifierList(verifiers...))
	if err != nil {
		return err
	}
	for _, sig := range read.Sigs {
		if _, err := base64.StdEncoding.Strict().DecodeString(sig.Base64); err != nil {
			return err
		}
		c.signed[public[name{sig.Name, sig.Hash}]] = true
	}
	return nil
}

// insist asks for so many different trustees as a threshold says.
func (c charter) insist(by charter, whose string) error {
	many := map[string]bool{}
	for _, one := range by.trustees {
		if c.signed[one.public] {
			many[one.public] = true
		}
	}
	if len(many) < by.threshold {
		return fmt.Errorf("charter %d: %d of %s trustees signed, %d must", c.version, len(many), whose, by.threshold)
	}
	return nil
}

// follows says whether a charter may stand behind the one before; of the first, before is empty.
func (c charter) follows(before charter) error {
	must := ""
	if before.version > 0 {
		sum := sha256.Sum256([]byte(before.text))
		must = base64.StdEncoding.EncodeToString(sum[:])
		if err := c.insist(before, "the old"); err != nil {
			return err
		}
		if c.hub != before.hub {
			return fmt.Errorf("charter %d is another hub's", c.version)
		}
	}
	if c.version != before.version+1 || c.previous != must {
		return fmt.Errorf("charter %d does not follow charter %d", c.version, before.version)
	}
	return c.insist(c, "its own")
}

// adopted returns the notes that entries adopt; an heir's own charters begin anew with version 1.
func adopted(entries [][]byte) ([]string, error) {
	chain := []string{}
	for n, raw := range entries {
		var said struct {
			Type string
			Data json.RawMessage
		}
		if !bytes.Contains(raw, []byte(`"charter.adopted"`)) {
			continue
		}
		if err := json.Unmarshal(raw, &said); err != nil {
			return nil, err
		}
		if said.Type != "charter.adopted" {
			continue
		}
		var one struct {
			Version int
			Note    string
		}
		if err := json.Unmarshal(said.Data, &one); err != nil {
			return nil, err
		}
		if one.Version == 1 {
			chain = nil
		}
		if one.Version != len(chain)+1 {
			return nil, fmt.Errorf("entry %d adopts charter %d behind charter %d", n, one.Version, len(chain))
		}
		chain = append(chain, one.Note)
	}
	return chain, nil
}

// charters walks what lies below charter/, and holds it against the entries of the log: the first one's hash is theirs.
func (f folder) charters(entries [][]byte) error {
	notes, err := adopted(entries)
	if err != nil {
		return err
	}
	top := filepath.Join(string(f), "charter")
	if _, err := os.Stat(top); err != nil {
		top = filepath.Join(string(f), "public", "charter") // where a hub itself keeps them
	}
	found, _ := os.ReadDir(top)
	many, newest := max(len(found)-1, 0), []byte{}
	if many < len(notes) {
		return fmt.Errorf("%d charters, and entries adopt %d", many, len(notes))
	}
	before := charter{}
	for n := 1; n <= many; n++ {
		if newest, err = os.ReadFile(filepath.Join(top, strconv.Itoa(n))); err != nil {
			return fmt.Errorf("charter %d is missing", n)
		}
		if n <= len(notes) && string(newest) != notes[n-1] {
			return fmt.Errorf("charter %d is not the one that an entry adopts", n)
		}
		next, err := readCharter(newest, before.trustees)
		if err == nil {
			err = next.follows(before)
		}
		if err != nil {
			return err
		}
		before = next
	}
	if latest, err := os.ReadFile(filepath.Join(top, "latest")); many > 0 && (err != nil || !bytes.Equal(latest, newest)) {
		return errors.New("the latest charter is another")
	}
	return nil
}
