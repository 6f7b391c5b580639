/** Other machines would be let in, whoever asks. */
export class OpenElsewhere extends Error {
  constructor() {
    super(`HOST would let other machines in, and no key was ever made: anybody could use this service. Do one of these first:
  make a key:                npm run keys -- create --owner local
                             (with Docker: docker compose run --rm api node dist/src/main.js keys create --owner local)
  trust an issuer's tokens:  set OIDC_ISSUER and OIDC_AUDIENCE
  keep to this machine:      leave HOST at 127.0.0.1`);
    this.name = 'OpenElsewhere';
  }
}
