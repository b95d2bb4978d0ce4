using System.Net;
using Lazuli.Contracts;
using Microsoft.Extensions.DependencyInjection;

namespace Lazuli.Gateway.Tests;

public sealed class AdminSignInTests
{
    private const string AnyToken = "lzp_0000000000000000000000000000000000000000000000";

    [Fact]
    public async Task Without_leave_the_servers_own_address_has_no_admin_api()
    {
        await using AdminServer server = await AdminServer.StartAsync(options => options.Remote = false);
        string token = await server.TokenAsync(null, PersonRoles.Owner);
        foreach (string path in new[] { "me", "parties/", "openapi.json", "nothing", "/ADMIN/v1/me" })
        {
            using HttpResponseMessage response = await server.SendAsync(token, HttpMethod.Get, path);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }

        using HttpResponseMessage local = await server.SendLocallyAsync(HttpMethod.Get, "me");
        Assert.Equal(HttpStatusCode.OK, local.StatusCode);
        Assert.Contains("\"local\"", await local.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_token_nothing_answers()
    {
        await using AdminServer server = await AdminServer.StartAsync();
        foreach (string path in new[] { "me", "parties/", "openapi.json", "no-such-endpoint", "/Admin/V1/Parties", "/%61dmin/v1/parties/" })
        {
            using HttpResponseMessage response = await server.SendAsync(bearer: null, HttpMethod.Get, path);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            Assert.Equal("Bearer realm=\"lazuli-admin\"", response.Headers.WwwAuthenticate.ToString());
            Assert.Contains("personal token", await AdminServer.DetailAsync(response), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_wrong_token_is_told_so_and_an_api_key_opens_nothing()
    {
        await using AdminServer server = await AdminServer.StartAsync();
        CreatedApiKey key = await server.Get<IApiKeyStore>().CreateAsync("tests", "default", default);
        foreach (string bearer in new[] { key.Key, AnyToken, "x.y.z", new string('a', 20_000) })
        {
            using HttpResponseMessage response = await server.SendAsync(bearer, HttpMethod.Get, "me");
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            Assert.Contains("error=\"invalid_token\"", response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain(bearer, await AdminServer.DetailAsync(response), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_person_signs_in_with_its_token_opens_a_session_and_ends_it()
    {
        await using AdminServer server = await AdminServer.StartAsync();
        SignedIn me = await server.ReadAsync<SignedIn>("lab", PersonRoles.Finance | PersonRoles.Viewer, "me");
        Assert.Equal((PartyId.Lab, PersonRoles.Finance | PersonRoles.Viewer), (me.Party!.Value, me.Roles));
        using HttpResponseMessage opened = await server.SendAsync("lab", PersonRoles.Finance | PersonRoles.Viewer, HttpMethod.Post, "sessions/");
        CreatedToken session = (await System.Net.Http.Json.HttpContentJsonExtensions.ReadFromJsonAsync<CreatedToken>(opened.Content, AdminJson.Options, TestContext.Current.CancellationToken))!;
        Assert.Equal(HttpStatusCode.OK, (await server.SendAsync(session.Token, HttpMethod.Get, "me")).StatusCode);
        using HttpResponseMessage again = await server.SendAsync(session.Token, HttpMethod.Post, "sessions/");
        Assert.Equal(HttpStatusCode.Forbidden, again.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await server.SendAsync(session.Token, HttpMethod.Post, $"sessions/{session.Record.Id}/end")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.SendAsync(session.Token, HttpMethod.Get, "me")).StatusCode);
    }

    [Fact]
    public async Task While_the_issuer_is_away_nobody_is_wrong_only_unknown_for_now()
    {
        await using AdminServer server = await AdminServer.StartAsync(services: services => services.AddSingleton<ISignIn>(new AwaySignIn()));
        using HttpResponseMessage response = await server.SendAsync("x.y.z", HttpMethod.Get, "me");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("away", await AdminServer.DetailAsync(response), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_token_counts_only_where_nobody_else_could_read_it(bool behindProxy)
    {
        await using AdminServer server = await AdminServer.StartAsync(options => options.BehindProxy = behindProxy);
        string token = await server.TokenAsync(null, PersonRoles.Viewer);
        foreach ((string header, bool whenBehindProxy, bool otherwise) in new[]
        {
            ("", true, true), // this machine itself
            ("X-Forwarded-For: 203.0.113.9", false, false), // a proxy that does not say how it was asked
            ("X-Forwarded-Proto: http", false, false),
            ("X-Forwarded-Proto: https, http", false, false), // the nearest proxy's word counts
            ("X-Forwarded-Proto: https", true, false), // a proxy that nobody spoke of to us
            ("Forwarded: for=203.0.113.9;proto=https", false, false),
            ("Via: 1.1 somebody", false, false),
        })
        {
            (string, string)[] headers = header.Split(": ") is [var name, var value] ? [(name, value)] : [];
            using HttpResponseMessage response = await server.SendAsync(token, HttpMethod.Get, "me", headers: headers);
            Assert.True((response.StatusCode == HttpStatusCode.OK) == (behindProxy ? whenBehindProxy : otherwise), $"'{header}', behind a proxy: {behindProxy}: {(int)response.StatusCode}");
            Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.Forbidden);
        }
    }

    [Fact]
    public async Task Whoever_guesses_has_to_wait_and_others_do_not()
    {
        await using AdminServer server = await AdminServer.StartAsync(options => options.BehindProxy = true);
        string token = await server.TokenAsync(null, PersonRoles.Viewer);
        (string, string)[] guesser = [("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "198.51.100.1, 203.0.113.9")];
        for (int i = 0; i < FailedSignIns.Most; i++)
        {
            using HttpResponseMessage wrong = await server.SendAsync(AnyToken, HttpMethod.Get, "me", headers: guesser);
            Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        }

        using HttpResponseMessage locked = await server.SendAsync(token, HttpMethod.Get, "me", headers: guesser);
        Assert.Equal(HttpStatusCode.TooManyRequests, locked.StatusCode);
        Assert.InRange(locked.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), FailedSignIns.Window);
        using HttpResponseMessage other = await server.SendAsync(token, HttpMethod.Get, "me", headers: [("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "203.0.113.10")]);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    public async Task A_body_larger_than_any_request_is_not_read()
    {
        await using AdminServer server = await AdminServer.StartAsync();
        using HttpResponseMessage response = await server.SendAsync(null, PersonRoles.Owner, HttpMethod.Post, "parties/", new NewParty(new PartyId("acme"), PartyKind.Customer, new string('a', 2 << 20)));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    private sealed class AwaySignIn : ISignIn
    {
        public Task<SignInResult> AuthenticateAsync(string bearer, CancellationToken cancellationToken) => Task.FromResult<SignInResult>(new SignInResult.Unavailable("The issuer is away."));
    }
}
