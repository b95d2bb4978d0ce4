namespace Lazuli.EndToEnd.Tests;

/// <summary>What partners do with the command line, each command through the admin API.</summary>
public sealed class PartnershipCommandTests : IDisposable
{
    private readonly LazuliProgram _lazuli = new();

    [Fact]
    public async Task Training_keeps_to_an_exclusive_commitment_and_goes_on_where_the_machines_are_the_providers()
    {
        await DoneAsync("party", "add", "northcloud", "--kind", "provider");
        string id = (await DoneAsync("commitment", "make", "lab", "--provider", "northcloud", "--covers", "train", "--spend", "1000 EUR", "--except-project", "free")).Trim();
        Assert.Contains("1000.00 EUR", await DoneAsync("commitment", "list"), StringComparison.Ordinal);

        string[] train = ["train", Path.Combine(AppContext.BaseDirectory, "recipes", "tiny.yaml"), "--set", "duration.steps=2"];
        await File.WriteAllTextAsync(Path.Combine(_lazuli.Home, "text.txt"), string.Join('\n', Enumerable.Range(0, 200).Select(n => $"Line {n} of a small text.")), TestContext.Current.CancellationToken);
        LazuliProgram.Finished refused = await _lazuli.RunAsync(train);
        Assert.Equal(3, refused.ExitCode);
        Assert.Contains("northcloud", refused.Errors, StringComparison.Ordinal);

        _lazuli.Environment["LAZULI__Gateway__Provider"] = "northcloud";
        await DoneAsync(train);
        _lazuli.Environment.Remove("LAZULI__Gateway__Provider");
        await DoneAsync("commitment", "end", id, "--reason", "the term was cut short");
        await DoneAsync([.. train, "--resume", "never"]);
        Assert.Contains("the term was cut short", await DoneAsync("audit", "list", "--limit", "5"), StringComparison.Ordinal);
        await DoneAsync("audit", "verify");
    }

    [Fact]
    public async Task Capital_is_committed_drawn_spent_and_returned_up_to_its_cap()
    {
        await DoneAsync("party", "add", "foundation", "--kind", "nonprofit");
        await DoneAsync("party", "add", "investor", "--kind", "investor");
        string file = await FileAsync("commitment.json", """
            {"id":"round-1","investor":"investor","receiver":"lab","kind":"cash","currency":"EUR","capPercent":200,
             "tranches":[{"number":1,"nanos":100000000000,"notBefore":"2026-01-01T00:00:00Z","condition":"a first model is released"}]}
            """);
        await DoneAsync("capital", "commit", file);
        await DoneAsync("capital", "commit", file); // the same is the same
        Assert.Equal(3, (await _lazuli.RunAsync("capital", "draw", "round-1", "1", "50 EUR", "--reference", "bank-1")).ExitCode); // its condition is not met
        await DoneAsync("capital", "condition", "round-1", "1", "--evidence", "the release note");
        await DoneAsync("capital", "draw", "round-1", "1", "50 EUR", "--reference", "bank-1");
        await DoneAsync("capital", "draw", "round-1", "1", "50 EUR", "--reference", "bank-1");
        await DoneAsync("capital", "spend", "10 EUR", "--reference", "machines-1");
        string distribution = await DoneAsync("capital", "return", "20 EUR", "--residual", "foundation", "--reference", "return-1");
        Assert.Contains("investor", distribution, StringComparison.Ordinal);
        Assert.Contains("20.00 EUR", await DoneAsync("capital", "list"), StringComparison.Ordinal);
        Assert.Contains("has 20.00 EUR", await DoneAsync("capital", "runway"), StringComparison.Ordinal);
        await DoneAsync("ledger", "verify");
    }

    [Fact]
    public async Task Credit_pledges_facts_and_joint_projects_are_kept_and_told()
    {
        await DoneAsync("party", "add", "school", "--kind", "public-interest");
        await DoneAsync("party", "add", "acme", "--kind", "customer");
        await DoneAsync("party", "classes", "acme", "--class", "small-business");
        await DoneAsync("credit", "grant", "acme", "25.00 EUR", "--with", "lab", "--kind", "promotional", "--expires", "2040-01-01T00:00:00Z", "--id", "welcome");
        Assert.Contains("promotional", await DoneAsync("credit", "list", "--party", "acme"), StringComparison.Ordinal);
        await DoneAsync("benefit", "pledge", await FileAsync("pledge.json", """
            {"id":"one-percent","pledger":"lab","seller":"lab","base":"revenue","shareBasisPoints":100,"currency":"EUR","receivers":[{"party":"school","weight":1}],"expiryDays":90}
            """));
        Assert.Contains("school", await DoneAsync("benefit", "pledges"), StringComparison.Ordinal);
        await DoneAsync("benefit", "allot", "one-percent", "--from", "2026-01-01T00:00:00Z", "--until", "2026-02-01T00:00:00Z");
        await DoneAsync("fact", "finding", "agi", "--model", "some-model");
        await DoneAsync("fact", "event", "shares-listed");
        Assert.Contains("agi", await DoneAsync("fact", "list"), StringComparison.Ordinal);
        await DoneAsync("party", "project", "joint", "--owner", "lab=60", "--owner", "acme=40");
        await DoneAsync("party", "contribute", "joint", "--party", "acme", "--what", "two engineers for a year");
        await DoneAsync("party", "project-owners", "joint", "--owner", "lab=50", "--owner", "acme=50");
        Assert.Contains("lab 50 %, acme 50 %", await DoneAsync("party", "projects"), StringComparison.Ordinal);
        await DoneAsync("party", "close-project", "joint");
        await DoneAsync("usage", "interrupted");
    }

    [Fact]
    public async Task Keys_have_a_scope_and_are_rotated_and_models_are_described()
    {
        await DoneAsync("key", "create", "desk", "--endpoint", "chat", "--model", "tiny", "--from", "10.0.0.0/8", "--expires", "2040-01-01T00:00:00Z");
        string listed = await DoneAsync("key", "list");
        Assert.Contains("chat model:tiny from:10.0.0.0/8", listed, StringComparison.Ordinal);
        string id = listed.Split('\n')[1].Split(' ')[0];
        Assert.StartsWith("lzk_", await DoneAsync("key", "rotate", id, "--overlap-hours", "1"), StringComparison.Ordinal);
        Assert.Contains("replaced by", await DoneAsync("key", "list"), StringComparison.Ordinal);
        await DoneAsync("key", "revoke", id);
        Assert.Equal(1, (await _lazuli.RunAsync("key", "rotate", "no-such-key")).ExitCode);
        Assert.Equal(2, (await _lazuli.RunAsync("key", "create", "desk", "--from", "everywhere")).ExitCode);

        await DoneAsync("model", "trained-with", "tiny", "3.2e24");
        await DoneAsync("model", "hold", "tiny", "--reason", "an evaluation is being repeated");
        string policies = await DoneAsync("model", "policies");
        Assert.Contains("held: an evaluation is being repeated", policies, StringComparison.Ordinal);
        Assert.Contains("3.2e+24 FLOP", policies, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("capital", "commit", "missing.json")]
    [InlineData("benefit", "pledge", "broken.json")]
    [InlineData("credit", "grant", "acme", "lots", "--with", "lab")]
    [InlineData("commitment", "make", "lab", "--provider", "northcloud", "--covers", "nothing")]
    [InlineData("party", "add", "acme", "--kind", "2")]
    [InlineData("audit", "list", "--limit", "0")]
    public async Task Wrong_input_is_a_usage_error_that_says_what_is_wrong(params string[] words)
    {
        await FileAsync("broken.json", """{"id":""");
        LazuliProgram.Finished finished = await _lazuli.RunAsync(words);
        Assert.Equal(2, finished.ExitCode);
        Assert.StartsWith("lazuli: ", finished.Errors, StringComparison.Ordinal);
    }

    public void Dispose() => _lazuli.Dispose();

    private async Task<string> DoneAsync(params string[] words)
    {
        LazuliProgram.Finished finished = await _lazuli.RunAsync(words);
        Assert.True(finished.ExitCode == 0, $"lazuli {string.Join(' ', words)}\n{finished.Errors}");
        return finished.Output;
    }

    private async Task<string> FileAsync(string name, string text)
    {
        string path = Path.Combine(_lazuli.Home, name);
        await File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);
        return path;
    }
}
