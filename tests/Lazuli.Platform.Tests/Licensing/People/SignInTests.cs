using Lazuli.Contracts;
using Lazuli.Licensing;
using Lazuli.Storage;
using Lazuli.Testing;
using Microsoft.Extensions.Options;
using static Lazuli.Platform.Tests.LicensingWorld;

namespace Lazuli.Platform.Tests;

public sealed class SignInTests : IAsyncLifetime
{
    private const string Tenant = "11111111-2222-3333-4444-555555555555";
    private readonly OpenIdOptions _options = new() { Audience = "lazuli" };
    private LicensingWorld _world = null!;
    private LocalIssuer _issuer = null!;
    private OpenIdKeys _keys = null!;
    private SignIn _signIn = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await LicensingWorld.OpenAsync(DatabaseKind.Sqlite);
        await _world.AddPartiesAsync();
        _issuer = await LocalIssuer.StartAsync();
        _options.Issuer = _issuer.Address;
        IOptions<OpenIdOptions> options = Options.Create(_options);
        _keys = new OpenIdKeys(new HttpClient(), options, _world.Time);
        _signIn = new SignIn(_world.Database, _world.Room.Entitlements, new OpenIdTokens(_keys, options, _world.Time), options, _world.Time);
    }

    public async ValueTask DisposeAsync()
    {
        _keys.Dispose();
        await _issuer.DisposeAsync();
        await _world.DisposeAsync();
    }

    [Theory]
    [InlineData("rsa")]
    [InlineData("ec")]
    public async Task A_known_person_is_found_by_issuer_and_subject(string key)
    {
        Person person = await AddAsync(Seller, PersonRoles.Operator, "ann");
        Assert.Equal(new Actor(person.Id, Seller, PersonRoles.Operator), await KnownAsync(_issuer.Sign(Claims("ann"), key)));
        Assert.Equal("Nobody here is whom the token names.", await UnknownAsync(_issuer.Sign(Claims("bob"), key)));
    }

    [Fact]
    public async Task A_token_may_say_less_than_the_person_may_do_and_never_more()
    {
        await AddAsync(Seller, PersonRoles.Operator | PersonRoles.Viewer, "ann");
        Assert.Equal(PersonRoles.Viewer, (await KnownAsync(_issuer.Sign(With(Claims("ann"), "roles", new[] { "Lazuli.Viewer", "Lazuli.Owner", "Other" })))).Roles);
        Assert.Contains("no role", await UnknownAsync(_issuer.Sign(With(Claims("ann"), "roles", new[] { "Other" }))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Entras_tokens_name_people_by_object_id_and_tenants_act_for_their_party()
    {
        _issuer.Name = $"https://login.example/{Tenant}/v2.0";
        _options.Issuer = _issuer.Issuer;
        _options.MetadataAddress = _issuer.Address + "/metadata";
        Dictionary<string, object> claims = With(With(With(Claims("pairwise"), "tid", Tenant), "oid", "object-1"), "roles", new[] { "Lazuli.SafetyOfficer" });
        Assert.Contains("Nobody here", await UnknownAsync(_issuer.Sign(claims)), StringComparison.Ordinal);
        _options.Tenants[Tenant] = "seller";
        Actor actor = await KnownAsync(_issuer.Sign(claims));
        Assert.Equal((Seller, PersonRoles.SafetyOfficer, $"{_issuer.Issuer}#object-1"), (actor.Party!.Value, actor.Roles, actor.Name));
        claims.Remove("roles");
        Assert.Contains("no role", await UnknownAsync(_issuer.Sign(claims)), StringComparison.Ordinal);
        Person person = await AddAsync(Partner, PersonRoles.Finance, "object-1");
        Assert.Equal(new Actor(person.Id, Partner, PersonRoles.Finance), await KnownAsync(_issuer.Sign(claims)));
    }

    [Fact]
    public async Task An_issuer_for_many_tenants_takes_only_those_that_are_listed()
    {
        _issuer.Name = "https://login.example/{tenantid}/v2.0";
        _options.Issuer = _issuer.Name;
        _options.MetadataAddress = _issuer.Address + "/metadata";
        _options.Tenants[Tenant] = "seller";
        Dictionary<string, object> claims = With(With(Claims("ann"), "tid", Tenant), "roles", new[] { "Lazuli.Viewer" });
        claims["iss"] = $"https://login.example/{Tenant}/v2.0";
        Assert.Equal(Seller, (await KnownAsync(_issuer.Sign(claims))).Party);
        claims["tid"] = "99999999-2222-3333-4444-555555555555";
        Assert.Contains("another issuer", await UnknownAsync(_issuer.Sign(claims)), StringComparison.Ordinal);
        claims["iss"] = "https://login.example/99999999-2222-3333-4444-555555555555/v2.0";
        Assert.Contains("another issuer", await UnknownAsync(_issuer.Sign(claims)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_tokens_are_refused_each_with_its_reason()
    {
        await AddAsync(Seller, PersonRoles.Operator, "ann");
        string good = _issuer.Sign(Claims("ann"));
        await KnownAsync(good);
        (string Token, string Says)[] wrongs =
        [
            (_issuer.Sign(With(Claims("ann"), "aud", "other")), "another audience"),
            (_issuer.Sign(With(Claims("ann"), "iss", "https://evil.example")), "another issuer"),
            (_issuer.Sign(With(Claims("ann"), "exp", Seconds(-61))), "is over"),
            (_issuer.Sign(With(Claims("ann"), "nbf", Seconds(61))), "has not begun"),
            (_issuer.Sign(Without(Claims("ann"), "exp")), "has no end"),
            (_issuer.Sign(Without(Claims("ann"), "sub")), "names nobody"),
            (_issuer.Sign(Claims("ann"), "hmac"), "signature"),
            (_issuer.Sign(Claims("ann"), "rsa", "RS384"), "signature"),
            (_issuer.Sign(Claims("ann"), "rsa", "PS256"), "signature"),
            (Unsigned(good), "neither"),
            (good[..good.LastIndexOf('.')] + ".", "signature"),
            ("", "neither"),
            ("a.b.c", "neither"),
            (new string('a', 20_000) + ".b.c", "neither"),
        ];
        foreach ((string token, string says) in wrongs)
        {
            string reason = await UnknownAsync(token);
            Assert.True(reason.Length > 0 && (reason.Contains(says, StringComparison.Ordinal) || says is "signature" or "neither"), $"wanted '{says}', got '{reason}'");
        }

        // Leeway for clocks that differ is a minute.
        await KnownAsync(_issuer.Sign(With(Claims("ann"), "exp", Seconds(-59))));
        await KnownAsync(_issuer.Sign(With(Claims("ann"), "nbf", Seconds(59))));
    }

    [Fact]
    public async Task Any_changed_character_makes_a_token_unknown()
    {
        await AddAsync(Seller, PersonRoles.Operator, "ann");
        string good = _issuer.Sign(Claims("ann"), "ec");
        await KnownAsync(good);
        for (int i = 0; i < good.Length - 1; i += 3) // the last character holds bits that decode to nothing
        {
            string changed = good[..i] + (good[i] == 'A' ? 'B' : 'A') + good[(i + 1)..];
            Assert.IsType<SignInResult.Unknown>(await _signIn.AuthenticateAsync(changed, default));
        }
    }

    [Fact]
    public async Task New_keys_of_the_issuer_are_found_when_a_token_names_one_at_most_once_a_minute()
    {
        await AddAsync(Seller, PersonRoles.Operator, "ann");
        _issuer.Published = ["rsa"];
        await KnownAsync(_issuer.Sign(Claims("ann")));
        int fetches = _issuer.Fetches;
        await UnknownAsync(_issuer.Sign(Claims("ann"), "ec"));
        await UnknownAsync(_issuer.Sign(Claims("ann"), "ec"));
        Assert.Equal(fetches, _issuer.Fetches);
        _issuer.Published = ["rsa", "ec"];
        _world.Time.Advance(TimeSpan.FromMinutes(1));
        await KnownAsync(_issuer.Sign(Claims("ann"), "ec"));
        Assert.Equal(fetches + 2, _issuer.Fetches);
    }

    [Fact]
    public async Task An_issuer_that_is_away_makes_sign_in_unavailable_until_it_is_back_and_known_keys_stay_good()
    {
        await AddAsync(Seller, PersonRoles.Operator, "ann");
        _issuer.IsDown = true;
        Assert.IsType<SignInResult.Unavailable>(await _signIn.AuthenticateAsync(_issuer.Sign(Claims("ann")), default));
        _issuer.IsDown = false;
        Assert.IsType<SignInResult.Unavailable>(await _signIn.AuthenticateAsync(_issuer.Sign(Claims("ann")), default));
        _world.Time.Advance(TimeSpan.FromMinutes(1));
        await KnownAsync(_issuer.Sign(Claims("ann")));
        _issuer.IsDown = true;
        _world.Time.Advance(TimeSpan.FromHours(13));
        await KnownAsync(_issuer.Sign(Claims("ann")));
    }

    [Fact]
    public async Task Metadata_of_another_issuer_is_not_believed()
    {
        await AddAsync(Seller, PersonRoles.Operator, "ann");
        string token = _issuer.Sign(Claims("ann"));
        _issuer.Name = "https://evil.example";
        Assert.Contains("evil.example", Assert.IsType<SignInResult.Unavailable>(await _signIn.AuthenticateAsync(token, default)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Personal_tokens_and_sessions_sign_in_until_they_end_or_are_revoked_or_the_person_is_closed()
    {
        Person person = await AddAsync(Seller, PersonRoles.Viewer, "ann");
        var self = new Actor(person.Id, Seller, person.Roles);
        CreatedToken token = Done(await _world.Room.People.CreateTokenAsync(self, person.Id, "laptop", Make.Now.AddDays(1), default));
        CreatedToken session = Done(await _world.Room.People.OpenSessionAsync(self, default));
        Assert.StartsWith("lzp_", token.Token, StringComparison.Ordinal);
        Assert.StartsWith("session_", session.Record.Id, StringComparison.Ordinal);
        Assert.Equal(self, await KnownAsync(token.Token));
        Assert.Equal(self, await KnownAsync(session.Token));
        Assert.Null(await _world.Room.Keys.FindAsync(token.Token, default));
        _world.Time.Advance(TimeSpan.FromHours(12));
        await UnknownAsync(session.Token);
        await KnownAsync(token.Token);
        _world.Time.Advance(TimeSpan.FromHours(12));
        await UnknownAsync(token.Token);
        CreatedToken other = Done(await _world.Room.People.CreateTokenAsync(For(Seller), person.Id, "ci", null, default));
        Done(await _world.Room.People.RevokeTokenAsync(self, other.Record.Id, default));
        await UnknownAsync(other.Token);
        CreatedToken last = Done(await _world.Room.People.CreateTokenAsync(self, person.Id, "x", null, default));
        Done(await _world.Room.People.CloseAsync(For(Seller), person.Id, default));
        await UnknownAsync(last.Token);
        await UnknownAsync(_issuer.Sign(With(With(Claims("ann"), "exp", Seconds(90_000)), "nbf", Seconds(0))));
    }

    [Fact]
    public async Task A_closed_partys_people_are_unknown()
    {
        Person person = await AddAsync(Seller, PersonRoles.Owner, "ann");
        CreatedToken token = Done(await _world.Room.People.CreateTokenAsync(Actor.Local, person.Id, "x", null, default));
        await KnownAsync(token.Token);
        Done(await _world.Room.Parties.CloseAsync(Actor.Local, Seller, default));
        await UnknownAsync(token.Token);
    }

    private static Dictionary<string, object> With(Dictionary<string, object> claims, string name, object value) => new(claims) { [name] = value };

    private static Dictionary<string, object> Without(Dictionary<string, object> claims, string name)
    {
        var left = new Dictionary<string, object>(claims);
        left.Remove(name);
        return left;
    }

    private static string Unsigned(string token) => Microsoft.IdentityModel.Tokens.Base64UrlEncoder.Encode("""{"alg":"none"}""") + "." + token.Split('.')[1] + ".";

    private long Seconds(int fromNow) => _world.Time.GetUtcNow().AddSeconds(fromNow).ToUnixTimeSeconds();

    private Dictionary<string, object> Claims(string subject) => new()
    {
        ["iss"] = _issuer.Issuer, ["aud"] = "lazuli", ["sub"] = subject, ["exp"] = Make.Now.AddDays(2).ToUnixTimeSeconds(), ["nbf"] = Make.Now.ToUnixTimeSeconds(),
    };

    private async Task<Person> AddAsync(PartyId party, PersonRoles roles, string subject) =>
        Done(await _world.Room.People.AddAsync(Actor.Local, party, subject, roles, new OpenIdIdentity(_issuer.Issuer, subject), default));

    private async Task<Actor> KnownAsync(string bearer)
    {
        SignInResult result = await _signIn.AuthenticateAsync(bearer, default);
        return result is SignInResult.Known known ? known.Actor : throw new Xunit.Sdk.XunitException(result.ToString());
    }

    private async Task<string> UnknownAsync(string bearer) => Assert.IsType<SignInResult.Unknown>(await _signIn.AuthenticateAsync(bearer, default)).Reason;
}
