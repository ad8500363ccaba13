// The peer of tests.bench.provider: node oidc-provider as its documentation sets it up, its store in memory.
import Provider from "oidc-provider";
import { generateKeyPairSync } from "node:crypto";

const [port, algorithm] = process.argv.slice(2);
const jwk = (kind, options, alg) =>
  ({ ...generateKeyPairSync(kind, options).privateKey.export({ format: "jwk" }), alg, use: "sig" });
const provider = new Provider(`http://localhost:${port}`, {
  clients: [{
    client_id: "forum",
    client_secret: "a-secret-of-a-bench-that-is-long-enough",
    redirect_uris: ["https://forum.test/oidc/callback"],
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    id_token_signed_response_alg: algorithm,
  }],
  jwks: { keys: [jwk("rsa", { modulusLength: 2048 }, "RS256"), jwk("ec", { namedCurve: "P-256" }, "ES256")] },
  features: { introspection: { enabled: true }, devInteractions: { enabled: true } },
  claims: { openid: ["sub"], profile: ["name", "preferred_username", "groups", "roles"] },
  conformIdTokenClaims: false,
  issueRefreshToken: async () => true,
  rotateRefreshToken: true,
  pkce: { required: () => true },
  cookies: { keys: ["a bench has no secrets"] },
  findAccount: async (_ctx, id) => ({
    accountId: id,
    claims: async () => ({ sub: id, name: "anna", preferred_username: "anna", groups: ["york-tenants"], roles: [] }),
  }),
});
provider.listen(Number(port));
