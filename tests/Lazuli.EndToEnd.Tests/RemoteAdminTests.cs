using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Lazuli.Testing;

namespace Lazuli.EndToEnd.Tests;

/// <summary>A server that answers its admin API elsewhere, and people who use it from homes of their own.</summary>
public sealed partial class RemoteAdminTests : IAsyncLifetime
{
    private const string Tenant = "11111111-2222-3333-4444-555555555555";
    private readonly LazuliProgram _home = new();
    private readonly LazuliProgram _elsewhere = new();
    private Process? _server;
    private string _url = "";

    [Fact]
    public async Task Somebody_signs_in_from_elsewhere_does_what_its_role_allows_and_signs_out()
    {
        await ServeAsync();
        await DoneAsync(_home, "party", "add", "acme", "--kind", "customer");
        await DoneAsync(_home, "party", "add", "rival", "--kind", "customer");
        string ann = (await DoneAsync(_home, "user", "add", "Ann", "--party", "acme", "--role", "operator", "--role", "viewer")).Trim();
        string token = (await DoneAsync(_home, "user", "token", ann, "--label", "laptop", "--days", "30")).Trim();
        Assert.StartsWith("lzp_", token, StringComparison.Ordinal);

        // Nobody is signed in yet, and a wrong token changes nothing of that.
        await RefusedAsync(3, "Nobody is signed in", "party", "list", "--server", _url);
        LazuliProgram.Finished wrong = await _elsewhere.RunWithInputAsync("lzp_wrong\n", "login", "--server", _url);
        Assert.True(wrong.ExitCode == 3, wrong.Errors);
        Assert.False(File.Exists(Path.Combine(_elsewhere.Home, "login.json")));

        LazuliProgram.Finished login = await _elsewhere.RunWithInputAsync(token + "\n", "login", "--server", _url);
        Assert.True(login.ExitCode == 0, login.Errors);
        Assert.Contains($"as Ann ({ann}), operator, viewer of acme", login.Errors, StringComparison.Ordinal);
        string file = Path.Combine(_elsewhere.Home, "login.json");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, OperatingSystem.IsWindows() ? UnixFileMode.UserRead | UnixFileMode.UserWrite : File.GetUnixFileMode(file));
        string kept = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        Assert.DoesNotContain(token, kept, StringComparison.Ordinal);

        Assert.Contains($"Ann ({ann}), operator, viewer of acme, at {_url}", await DoneAsync(_elsewhere, "whoami"), StringComparison.Ordinal);
        Assert.Contains("rival", await DoneAsync(_elsewhere, "party", "list"), StringComparison.Ordinal);
        await DoneAsync(_elsewhere, "party", "project", "chat", "--owner", "acme");
        string key = (await DoneAsync(_elsewhere, "key", "create", "from afar", "--project", "chat")).Trim();
        Assert.StartsWith("lzk_", key, StringComparison.Ordinal);
        Assert.Contains("from afar", await DoneAsync(_elsewhere, "key", "list"), StringComparison.Ordinal);
        Assert.Contains("from afar", await DoneAsync(_home, "key", "list"), StringComparison.Ordinal);
        await DoneAsync(_elsewhere, "limit", "set", "project:chat", "--requests-per-minute", "5");

        await RefusedAsync(3, "installation's operator", "party", "add", "friend", "--kind", "customer", "--class", "assessor");
        await RefusedAsync(3, "installation's own people", "ledger", "verify");
        await RefusedAsync(3, "tighten", "limit", "set", "project:chat", "--requests-per-minute", "50");
        await RefusedAsync(3, "wants owner", "user", "add", "Bob", "--party", "acme", "--role", "owner");

        await DoneAsync(_elsewhere, "logout");
        Assert.False(File.Exists(file));
        Assert.Contains($"local, owner of the installation, at {_elsewhere.Home}", await DoneAsync(_elsewhere, "whoami"), StringComparison.Ordinal);
        _elsewhere.Environment["LAZULI_SERVER"] = _url;
        _elsewhere.Environment["LAZULI_TOKEN"] = SessionText().Match(kept).Value;
        await RefusedAsync(3, "wrong, over or revoked", "party", "list"); // the server ended it too
        _elsewhere.Environment["LAZULI_TOKEN"] = token;
        Assert.Contains("acme", await DoneAsync(_elsewhere, "party", "list"), StringComparison.Ordinal);
        await DoneAsync(_home, "user", "close", ann);
        await RefusedAsync(3, "wrong, over or revoked", "party", "list");
        Assert.Contains("local", await DoneAsync(_elsewhere, "whoami", "--server", "local"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_organisations_people_sign_in_with_its_issuers_tokens_as_the_settings_say()
    {
        await using LocalIssuer issuer = await LocalIssuer.StartAsync();
        issuer.Name = $"https://login.example/{Tenant}/v2.0";
        await File.WriteAllTextAsync(
            Path.Combine(_home.Home, "config.json"),
            $$$$"""{"OpenId":{"Issuer":"{{{{issuer.Issuer}}}}","MetadataAddress":"{{{{issuer.Address}}}}/metadata","Audience":"api://lazuli","Roles":{"Lazuli.Reader":"viewer","Lazuli.Bookkeeper":"finance"}}}""",
            TestContext.Current.CancellationToken);
        _home.Environment[$"LAZULI__OpenId__Tenants__{Tenant}"] = "acme";
        await DoneAsync(_home, "party", "add", "acme", "--kind", "customer");
        await ServeAsync();

        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        string Token(string audience, params string[] roles) => issuer.Sign(new Dictionary<string, object>
        {
            ["iss"] = issuer.Issuer, ["aud"] = audience, ["tid"] = Tenant, ["oid"] = "object-1", ["sub"] = "pairwise", ["ver"] = "2.0", ["roles"] = roles,
            ["nbf"] = now.ToUnixTimeSeconds() - 5, ["iat"] = now.ToUnixTimeSeconds() - 5, ["exp"] = now.ToUnixTimeSeconds() + 3600,
        });
        _elsewhere.Environment["LAZULI_SERVER"] = _url;
        _elsewhere.Environment["LAZULI_TOKEN"] = Token("api://lazuli", "Lazuli.Reader", "Unknown.Role");
        Assert.Contains($"{issuer.Issuer}#object-1, viewer of acme", await DoneAsync(_elsewhere, "whoami"), StringComparison.Ordinal);
        await RefusedAsync(3, "has no session here", "login");
        await RefusedAsync(3, "wants owner or finance", "price", "publish", await PlanAsync(), "--seller", "acme");
        _elsewhere.Environment["LAZULI_TOKEN"] = Token("api://lazuli", "Lazuli.Bookkeeper");
        await DoneAsync(_elsewhere, "price", "publish", await PlanAsync(), "--seller", "acme");
        _elsewhere.Environment["LAZULI_TOKEN"] = Token("api://somebody-else", "Lazuli.Bookkeeper");
        await RefusedAsync(3, "another audience", "whoami");
        _elsewhere.Environment["LAZULI_TOKEN"] = Token("api://lazuli", "Lazuli.Owner"); // roles that the settings name replace the built-in ones
        await RefusedAsync(3, "no role", "whoami");
    }

    [Theory]
    [InlineData(2, "https", "--server", "http://lazuli.example")]
    [InlineData(2, "never from an address", "--server", "https://lzp_secret@lazuli.example")]
    [InlineData(2, "not one", "--server", "lazuli.example")]
    [InlineData(2, "Name the server", "--json-is-not-here")]
    [InlineData(4, "cannot be reached", "--server", "http://127.0.0.1:9")]
    public async Task A_token_goes_nowhere_where_it_could_be_read(int exitCode, string told, params string[] words)
    {
        _elsewhere.Environment["LAZULI_TOKEN"] = "lzp_secret";
        LazuliProgram.Finished finished = await _elsewhere.RunAsync(["login", .. words.Where(word => word != "--json-is-not-here")]);
        Assert.True(finished.ExitCode == exitCode, $"{finished.ExitCode}: {finished.Errors}");
        Assert.Contains(told, finished.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("lzp_secret", finished.Errors + finished.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Over_TLS_the_servers_certificate_is_checked()
    {
        using var key = RSA.Create(2048);
        var wanted = new CertificateRequest("CN=lazuli-test", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        wanted.CertificateExtensions.Add(names.Build());
        wanted.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        using X509Certificate2 certificate = wanted.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddMinutes(-5), TimeProvider.System.GetUtcNow().AddDays(1));
        string pem = Path.Combine(_home.Home, "server.pem");
        string secret = Path.Combine(_home.Home, "server.key");
        await File.WriteAllTextAsync(pem, certificate.ExportCertificatePem(), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(secret, key.ExportPkcs8PrivateKeyPem(), TestContext.Current.CancellationToken);
        _home.Environment["LAZULI__Serve__Certificate"] = pem;
        _home.Environment["LAZULI__Serve__CertificateKey"] = Path.Combine(_home.Home, "no-such.key");
        await TrainAsync();
        LazuliProgram.Finished without = await _home.RunAsync("serve", "toy", "--port", "0");
        Assert.True(without.ExitCode == 2, without.Errors);
        Assert.Contains("no-such.key", without.Errors, StringComparison.Ordinal);

        _home.Environment["LAZULI__Serve__CertificateKey"] = secret;
        string ann = (await DoneAsync(_home, "user", "add", "Ann", "--role", "viewer")).Trim();
        _elsewhere.Environment["LAZULI_TOKEN"] = (await DoneAsync(_home, "user", "token", ann)).Trim();
        await StartServerAsync();
        Assert.StartsWith("https://", _url, StringComparison.Ordinal);
        _elsewhere.Environment["LAZULI_SERVER"] = _url;
        await RefusedAsync(4, "certificate", "whoami");
        _elsewhere.Environment["SSL_CERT_FILE"] = pem;
        Assert.Contains("viewer of the installation", await DoneAsync(_elsewhere, "whoami"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_at_once_on_a_home_that_nobody_serves_all_work()
    {
        await DoneAsync(_home, "party", "list");
        LazuliProgram.Finished[] finished = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => _home.RunAsync("party", "add", $"party-{i}", "--kind", "customer")));
        Assert.All(finished, one => Assert.True(one.ExitCode == 0, one.Errors));
        string listed = await DoneAsync(_home, "party", "list");
        Assert.All(Enumerable.Range(0, 4), i => Assert.Contains($"party-{i}", listed, StringComparison.Ordinal));
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await LazuliProgram.TerminateAsync(_server);
            _server.Dispose();
        }

        _elsewhere.Dispose();
        _home.Dispose();
    }

    private async Task ServeAsync()
    {
        await TrainAsync();
        await StartServerAsync();
    }

    private Task TrainAsync() => DoneAsync(_home, "train", Path.Combine(AppContext.BaseDirectory, "recipes", "tiny.yaml"), "--set", "duration.steps=2", "--name", "toy");

    private async Task StartServerAsync()
    {
        _home.Environment["LAZULI__Admin__Remote"] = "true";
        _server = _home.Start("serve", "toy", "--port", "0");
        string? line = await _server.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
        _url = Url().Match(line ?? "").Value;
        Assert.False(_url.Length == 0, line);
    }

    private async Task<string> PlanAsync()
    {
        string path = Path.Combine(_elsewhere.Home, "plan.json");
        await File.WriteAllTextAsync(path, """{"plan":"plain","currency":"EUR","rates":[{"model":"*","meter":"input","scheme":"perUnit","price":"2","per":1000},{"model":"*","meter":"output","scheme":"perUnit","price":"6","per":1000}]}""", TestContext.Current.CancellationToken);
        return path;
    }

    private static async Task<string> DoneAsync(LazuliProgram lazuli, params string[] words)
    {
        LazuliProgram.Finished finished = await lazuli.RunAsync(words);
        Assert.True(finished.ExitCode == 0, $"lazuli {string.Join(' ', words)}: {finished.ExitCode}\n{finished.Errors}");
        return finished.Output;
    }

    private async Task RefusedAsync(int exitCode, string told, params string[] words)
    {
        LazuliProgram.Finished finished = await _elsewhere.RunAsync(words);
        Assert.True(finished.ExitCode == exitCode, $"lazuli {string.Join(' ', words)}: {finished.ExitCode}\n{finished.Output}{finished.Errors}");
        Assert.Contains(told, finished.Errors, StringComparison.Ordinal);
    }

    [GeneratedRegex("https?://127.0.0.1:[0-9]+", RegexOptions.None, 1000)]
    private static partial Regex Url();

    [GeneratedRegex("lzs_[0-9A-Za-z]+", RegexOptions.None, 1000)]
    private static partial Regex SessionText();
}
