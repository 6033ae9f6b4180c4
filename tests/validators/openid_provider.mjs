// A real OpenID provider (oidc-provider, certified) for tests, on a port of its choice, which it prints. Anybody signs in by any
// name; what stands after "@" is their group.
import Provider from 'oidc-provider';
import { createServer } from 'node:http';

const back = process.argv[2];
const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      { client_id: 'heritage', client_secret: 'a secret of the tests', redirect_uris: [back] },
      { client_id: 'public', token_endpoint_auth_method: 'none', redirect_uris: [back] },
    ],
    cookies: { keys: ['only for tests'] },
    scopes: ['openid', 'profile'],
    claims: { openid: ['sub'], profile: ['name', 'groups'] },
    conformIdTokenClaims: process.argv[3] !== 'in-token',
    pkce: { required: () => true },
    ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 60, IdToken: 60, Interaction: 60, Session: 60 },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, name: id.split('@')[0], groups: id.split('@').slice(1) }),
    }),
  });
  server.on('request', provider.callback());
  console.log(issuer);
});
