// Creates, reads, lists, changes and deletes what the emulator imitates, through the module `go-auth0`.
package main

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"time"

	"github.com/auth0/go-auth0"
	"github.com/auth0/go-auth0/authentication"
	"github.com/auth0/go-auth0/authentication/oauth"
	"github.com/auth0/go-auth0/management"
)

const shop = "https://shop"

func must[T any](value T, err error) T {
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func assert(holds bool, format string, arguments ...any) {
	if !holds {
		panic(fmt.Sprintf(format, arguments...))
	}
}

func refused(status int, err error) {
	refusal, ok := err.(interface{ Status() int })
	assert(ok && refusal.Status() == status, "not refused with %d: %v", status, err)
}

func main() {
	ctx := context.Background()
	domain, id, secret := os.Getenv("AUTH0_DOMAIN"), os.Getenv("AUTH0_CLIENT_ID"), os.Getenv("AUTH0_CLIENT_SECRET")
	auth0api := must(management.New(domain, management.WithClientCredentials(ctx, id, secret)))

	scopes := []management.ResourceServerScope{{Value: auth0.String("read:carts")}}
	api := &management.ResourceServer{Identifier: auth0.String(shop), Scopes: &scopes}
	check(auth0api.ResourceServer.Create(ctx, api))
	assert(must(auth0api.ResourceServer.Read(ctx, shop)).GetID() == api.GetID(), "the API is not found by its identifier")
	lifetime := &management.ResourceServer{TokenLifetime: auth0.Int(60)}
	check(auth0api.ResourceServer.Update(ctx, api.GetID(), lifetime))
	assert(lifetime.GetTokenLifetime() == 60, "the API did not change")
	assert(must(auth0api.ResourceServer.List(ctx, management.PerPage(1))).Total == 2, "the list of APIs is not complete")

	client := &management.Client{Name: auth0.String("caller"), AppType: auth0.String("non_interactive")}
	check(auth0api.Client.Create(ctx, client))
	assert(must(auth0api.Client.Read(ctx, client.GetClientID())).GetName() == "caller", "the client is another one")
	metadata := &management.Client{ClientMetadata: &map[string]any{"team": "shop"}}
	check(auth0api.Client.Update(ctx, client.GetClientID(), metadata))
	assert((*metadata.ClientMetadata)["team"] == "shop", "the client did not change")
	for n := range 5 {
		check(auth0api.Client.Create(ctx, &management.Client{Name: auth0.String(fmt.Sprintf("filler %d", n))}))
	}
	listClients(ctx, auth0api)
	token := login(ctx, domain, client.GetClientID(), authentication.WithClientSecret(client.GetClientSecret()))
	_, err := token()
	assert(err != nil, "there was a token without a grant")

	grant := &management.ClientGrant{ClientID: client.ClientID, Audience: auth0.String(shop), Scope: &[]string{}}
	check(auth0api.ClientGrant.Create(ctx, grant))
	refused(409, auth0api.ClientGrant.Create(ctx, &management.ClientGrant{ClientID: client.ClientID, Audience: auth0.String(shop), Scope: &[]string{}}))
	change := &management.ClientGrant{Scope: &[]string{"read:carts"}}
	check(auth0api.ClientGrant.Update(ctx, grant.GetID(), change))
	assert((*change.Scope)[0] == "read:carts", "the grant did not change")
	assert(must(auth0api.ClientGrant.Read(ctx, grant.GetID())).GetAudience() == shop, "the grant is another one")
	listed := must(auth0api.ClientGrant.List(ctx, management.Parameter("audience", shop)))
	assert(listed.Total == 1 && listed.ClientGrants[0].GetID() == grant.GetID(), "the grant is not in the list")
	assert(len(must(auth0api.ClientGrant.List(ctx, management.Take(1))).ClientGrants) == 1, "one was to be taken")
	assert(must(token()).ExpiresIn == 60, "the token is another one")

	authenticateByKey(ctx, auth0api, domain, client.GetClientID())

	rotated := must(auth0api.Client.RotateSecret(ctx, client.GetClientID()))
	assert(rotated.GetClientSecret() != client.GetClientSecret(), "the secret is the same")
	_, err = token()
	refused(401, err)

	check(auth0api.ClientGrant.Delete(ctx, grant.GetID()))
	_, err = auth0api.ClientGrant.Read(ctx, grant.GetID())
	refused(404, err)
	check(auth0api.Client.Delete(ctx, client.GetClientID()))
	_, err = auth0api.Client.Read(ctx, client.GetClientID())
	refused(404, err)
	check(auth0api.ResourceServer.Delete(ctx, api.GetID()))
	_, err = auth0api.ResourceServer.Read(ctx, api.GetID())
	refused(404, err)
	fmt.Println("go: all is well")
}

// Both ways of paging lead to the same clients: the seven of their own kind and the global one.
func listClients(ctx context.Context, auth0api *management.Management) {
	byOffset, byCheckpoint := map[string]bool{}, map[string]bool{}
	for page := 0; ; page++ {
		list := must(auth0api.Client.List(ctx, management.Page(page), management.PerPage(3)))
		for _, client := range list.Clients {
			byOffset[client.GetClientID()] = true
		}
		if !list.HasNext() {
			break
		}
	}
	list := must(auth0api.Client.ListWithCheckpointPagination(ctx, management.Take(3)))
	for {
		for _, client := range list.Clients {
			byCheckpoint[client.GetClientID()] = true
		}
		if list.Next == "" {
			break
		}
		list = must(auth0api.Client.ListWithCheckpointPagination(ctx, management.Take(3), management.From(list.Next)))
	}
	assert(len(byOffset) == 8 && len(byCheckpoint) == 8, "%d and %d clients", len(byOffset), len(byCheckpoint))
}

// Gives the client a key, and takes it back.
func authenticateByKey(ctx context.Context, auth0api *management.Management, domain, id string) {
	key := must(rsa.GenerateKey(rand.Reader, 2048))
	public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: must(x509.MarshalPKIXPublicKey(&key.PublicKey))})
	private := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: must(x509.MarshalPKCS8PrivateKey(key))})
	credential := &management.Credential{
		CredentialType: auth0.String("public_key"), PEM: auth0.String(string(public)), Name: auth0.String("key"),
	}
	check(auth0api.Client.CreateCredential(ctx, id, credential))
	read := must(auth0api.Client.GetCredential(ctx, id, credential.GetID()))
	assert(read.GetKeyID() == credential.GetKeyID(), "the key is another one")
	assert(len(must(auth0api.Client.ListCredentials(ctx, id))) == 1, "there is one key")
	expiry := time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)
	check(auth0api.Client.UpdateCredential(ctx, id, credential.GetID(), &management.Credential{ExpiresAt: &expiry}))
	byKey := must(management.New(domain, management.WithClientCredentials(ctx, os.Getenv("AUTH0_CLIENT_ID"), os.Getenv("AUTH0_CLIENT_SECRET"))))
	attach := func(methods, method any) {
		body := map[string]any{"client_authentication_methods": methods, "token_endpoint_auth_method": method}
		check(byKey.Request(ctx, "PATCH", byKey.URI("clients", id), &body))
	}
	attach(map[string]any{"private_key_jwt": map[string]any{"credentials": []any{map[string]any{"id": credential.GetID()}}}}, nil)
	token := login(ctx, domain, id, authentication.WithClientAssertion(string(private), "RS256"))
	assert(must(token()).TokenType == "Bearer", "the token is of another kind")
	refused(400, auth0api.Client.DeleteCredential(ctx, id, credential.GetID()))
	attach(nil, "client_secret_post")
	check(auth0api.Client.DeleteCredential(ctx, id, credential.GetID()))
}

// How a client asks for a token for the API.
func login(ctx context.Context, domain, id string, proof authentication.Option) func() (*oauth.TokenSet, error) {
	client := must(authentication.New(ctx, domain, authentication.WithClientID(id), proof))
	return func() (*oauth.TokenSet, error) {
		request := oauth.LoginWithClientCredentialsRequest{Audience: shop}
		return client.OAuth.LoginWithClientCredentials(ctx, request, oauth.IDTokenValidationOptions{})
	}
}
