// A stranger on @openid-federation/core: resolves the chain from a site to the hub, with keys checked at each step.
import { resolveTrustChains } from "@openid-federation/core";
import { importJWK, jwtVerify } from "jose";

const [entity, anchor] = process.argv.slice(2);
const chains = await resolveTrustChains({
  entityId: entity,
  trustAnchorEntityIds: [anchor],
  verifyJwtCallback: async ({ jwt, jwk }) => {
    try {
      await jwtVerify(jwt, await importJWK(jwk, jwk.alg ?? "ES256"));
      return true;
    } catch (error) {
      console.error(jwk, error);
      return false;
    }
  },
});
const shown = chains.map((chain) => ({
  anchor: chain.trustAnchorEntityConfiguration?.sub ?? chain.trustAnchor?.sub,
  length: chain.chain?.length,
}));
console.log(JSON.stringify(shown));
