// Loaded before a client (node --import): lets Node's own fetch reach https names by way of the proxy in HTTPS_PROXY.
// TLS lies inside the tunnel, with the name of the address: the client sees https://hub.test and no port.
import net from "node:net";
import tls from "node:tls";

const proxy = new URL(process.env.HTTPS_PROXY);

function connect({ hostname, port }, done) {
  const target = `${hostname}:${port || 443}`;
  const way = net.connect(Number(proxy.port), proxy.hostname, () => {
    way.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
  });
  way.once("error", done);
  way.once("data", (head) => {
    way.off("error", done);
    if (!String(head).startsWith("HTTP/1.1 200 ")) {
      way.destroy();
      done(new Error(`no way to ${target}: ${head}`));
      return;
    }
    const sealed = tls.connect({ socket: way, servername: hostname, ALPNProtocols: ["http/1.1"] });
    sealed.once("error", done);
    sealed.once("secureConnect", () => {
      sealed.off("error", done);
      done(null, sealed);
    });
  });
}

// Node keeps what its fetch connects with under this name, from the first fetch on.
const kept = Symbol.for("undici.globalDispatcher.1");
await fetch("data:,");
globalThis[kept] = new globalThis[kept].constructor({ connect });
