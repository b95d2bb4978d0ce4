namespace Lazuli.EndToEnd.Tests;

public sealed class CommandLineTests : IDisposable
{
    private readonly LazuliProgram _lazuli = new();

    public static TheoryData<string, int, string> WrongWords() => new()
    {
        { "trian recipe.yaml", 2, "trian" },
        { "config shw", 2, "shw" },
        { "train", 2, "Required argument" },
        { "train no-such-recipe.yaml", 2, "no-such-recipe.yaml" },
        { "train recipes/tiny.yaml --set model.widht=3", 2, "width" },
        { "train recipes/tiny.yaml --set model.heads=7", 2, "heads" },
        { "train recipes/tiny.yaml --resume /no/such/checkpoint", 1, "/no/such/checkpoint" },
        { "generate no-such-model hello", 1, "no-such-model" },
        { "generate no-such-model hello --temperature 9", 2, "--temperature" },
        { "chat no-such-model", 1, "no-such-model" },
        { "model show no-such-model", 1, "no-such-model" },
        { "model export no-such-model --format elf --output x", 2, "elf" },
        { "model quantize no-such-model --to q8_0 --output x", 1, "no-such-model" },
        { "model quantize recipes/tiny.yaml --to q8_0 --output x", 1, "GGUF" },
        { "model quantize recipes/tiny.yaml --to q3_k --output x", 2, "q3_k" },
        { "model quantize recipes/tiny.yaml --to q8_0 --output recipes/tiny.yaml", 2, "exists already" },
        { "model random --params ten --output x", 2, "ten" },
        { "model random --params 1K --output x", 2, "1K" },
        { "model random --params 15M --context 0 --output x", 2, "--context" },
        { "model random --params 15M --arch mamba --output x", 2, "mamba" },
        { "run show no-such-run", 1, "no-such-run" },
        { "run compare one", 2, "compare" },
        { "key revoke no-such-key", 1, "no-such-key" },
        { "serve no-such-model", 1, "no-such-model" },
        { "serve", 1, "quickstart" },
        { "serve --port 70000", 2, "70000" },
        { "quickstart --minutes 0", 2, "--minutes" },
        { "quickstart --corpus /no/such/place", 2, "/no/such/place" },
        { "data inspect /no/such/set", 1, "/no/such/set" },
        { "data prepare --tokenizer /no/such/tokenizer.json --output x", 1, "/no/such/tokenizer.json" },
        { "tokenizer encode /no/such/tokenizer.json hello", 1, "/no/such/tokenizer.json" },
        { "tokenizer train --vocabulary 3 --output x.json", 2, "--vocabulary" },
        { "compute trend --dataset epoch-latest", 2, "epoch-2026-01" },
        { "compute trend --rule top11", 2, "top11" },
        { "compute trend --from 2018 --to 2012", 2, "--from 2018" },
        { "compute trend --from soon", 2, "--from" },
        { "compute trend --svg trend.png", 2, "--svg" },
        { "compute trend --scope wide", 2, "--scope" },
        { "compute trend --json --csv", 2, "--csv" },
        { "compute trend --noise 0.5", 2, "noise" },
        { "compute trend --dataset recipes/tiny.yaml", 1, "a column 'system'" },
        { "bench train --recipe no-such-recipe.yaml", 2, "no-such-recipe.yaml" },
        { "embed", 2, "Required argument" },
        { "embed no-such-model hello", 1, "no-such-model" },
        { "embed no-such-model", 2, "There is no text" },
        { "embed no-such-model hello --pooling max", 2, "--pooling" },
        { "embed no-such-model hello --dimensions 0", 2, "--dimensions" },
        { "score no-such-model", 2, "--continuation" },
        { "score no-such-model --continuation x", 1, "no-such-model" },
        { "bench serve", 2, "--model" },
        { "bench serve http://127.0.0.1:9 --model x", 2, "either" },
        { "bench serve 127.0.0.1", 2, "address of a server" },
        { "bench serve http://key@127.0.0.1:9", 2, "LAZULI_API_KEY" },
        { "bench serve http://127.0.0.1:9", 4, "no connection" },
        { "bench serve --model no-such-model", 1, "no-such-model" },
        { "bench serve --model x --concurrency 0", 2, "--concurrency" },
        { "bench serve --model x --prompt-tokens 9-3", 2, "--prompt-tokens" },
        { "bench serve --model x --max-tokens none", 2, "--max-tokens" },
        { "bench serve --model x --shared-prefix 2", 2, "--shared-prefix" },
        { "bench serve --model x --rate 0", 2, "--rate" },
        { "bench serve --model x --rate NaN", 2, "--rate" },
        { "bench serve --model x --requests 0", 2, "--requests" },
        { "bench serve --model x --timeout -1", 2, "--timeout" },
        { "compute hardware show no-such-device", 2, "no-such-device" },
        { "compute plan", 2, "either --budget" },
        { "compute plan --budget 1e18FLOP --hours 8", 2, "got both" },
        { "compute plan --budget ten", 2, "does not begin with a number" },
        { "compute plan --budget NaN", 2, "does not begin with a number" },
        { "compute plan --budget 0.02", 2, "has no unit" },
        { "compute plan --budget 1e-30pfs-days", 2, "too little" },
        { "compute plan --budget 1e40pfs-days", 2, "from 1e+11 to 1e+27 FLOP" },
        { "compute plan --budget=-1FLOP", 2, "not above 0" },
        { "compute plan --hours 0", 2, "above 0" },
        { "compute plan --hours=-3", 2, "above 0" },
        { "compute plan --hours NaN", 2, "above 0" },
        { "compute plan --hours 8 --nodes 0", 2, "1 to 10,000" },
        { "compute plan --hours 8 --nodes 10001", 2, "1 to 10,000" },
        { "compute plan --hours 8 --nodes 1.5", 2, "1 to 10,000" },
        { "compute plan --hours 8 --hardware abacus", 2, "abacus" },
        { "compute plan --hours 8 --hardware h100-sxm --network string", 2, "ethernet-10g" },
        { "compute plan --hours 8", 2, "bench limits" },
        { "compute plan --hours 8 --hardware h100-sxm --vocabulary 3", 2, "--vocabulary" },
        { "compute plan --hours 8 --hardware h100-sxm --law runs", 3, "at least 4" },
        { "compute plan --hours 1e-9 --hardware h100-sxm", 3, "too little" },
        { "compute plan --hours 8 --hardware h100-sxm --write x.yaml --corpus /no/such/text", 2, "/no/such/text" },
        { "train recipes/tiny.yaml --project =cmd", 2, "=cmd" },
        { "key create tests --project =cmd", 2, "=cmd" },
        { "user add Ann --role emperor", 2, "safety-officer" },
        { "user add Ann", 2, "--role" },
        { "user add Ann --role owner --issuer https://i", 2, "--subject" },
        { "user token person_x --days 0", 2, "--days" },
        { "user close person_nobody", 1, "person_nobody" },
        { "party list --server ftp://x", 2, "https://HOST" },
        { "compute report --month 2026-13", 2, "2026-13" },
        { "compute report --month November", 2, "YYYY-MM" },
        { "compute report --month 9000-01", 2, "lies ahead" },
        { "compute report --json --csv", 2, "--csv" },
    };

    [Theory]
    [MemberData(nameof(WrongWords))]
    public async Task Wrong_words_get_one_clear_error_and_the_right_exit_code(string words, int exitCode, string named)
    {
        string recipes = Path.Combine(AppContext.BaseDirectory, "recipes");
        LazuliProgram.Finished finished = await _lazuli.RunAsync([.. words.Split(' ').Select(w => w.Replace("recipes/", recipes + "/", StringComparison.Ordinal))]);
        Assert.Equal(exitCode, finished.ExitCode);
        Assert.Contains(named, finished.Errors, StringComparison.Ordinal);
        Assert.Equal(string.Empty, finished.Output);
        Assert.DoesNotContain("   at ", finished.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_names_every_command_on_standard_output()
    {
        LazuliProgram.Finished finished = await _lazuli.RunAsync("--help");
        Assert.Equal(0, finished.ExitCode);
        foreach (string command in new[] { "quickstart", "serve", "train", "generate", "chat", "bench", "compute", "doctor", "data", "tokenizer", "run", "model", "key", "config" })
        {
            Assert.Contains(command, finished.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Config_show_tells_where_each_value_came_from()
    {
        await File.WriteAllTextAsync(Path.Combine(_lazuli.Home, "config.json"), """{"Serve":{"Port":9123}}""", TestContext.Current.CancellationToken);
        LazuliProgram.Finished finished = await _lazuli.RunAsync("config", "show");
        Assert.Equal(0, finished.ExitCode);
        Assert.Matches(@"Serve\.Port\s+9123\s+.*config\.json", finished.Output);
        Assert.Matches(@"Serve\.Host\s+127\.0\.0\.1\s+default", finished.Output);
    }

    [Fact]
    public async Task A_bad_settings_file_is_told_with_every_error_at_once()
    {
        await File.WriteAllTextAsync(Path.Combine(_lazuli.Home, "config.json"), """{"Serve":{"Port":"x","Hots":"y"}}""", TestContext.Current.CancellationToken);
        LazuliProgram.Finished finished = await _lazuli.RunAsync("config", "show");
        Assert.Equal(2, finished.ExitCode);
        Assert.Contains("Serve.Port wants a whole number; found 'x'", finished.Errors, StringComparison.Ordinal);
        Assert.Contains("did you mean 'Serve.Host'", finished.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_is_shown_once_and_listed_redacted()
    {
        LazuliProgram.Finished made = await _lazuli.RunAsync("key", "create", "tests");
        string key = made.Output.Trim();
        Assert.StartsWith("lzk_", key, StringComparison.Ordinal);
        LazuliProgram.Finished listed = await _lazuli.RunAsync("key", "list");
        Assert.Contains("tests", listed.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(key, listed.Output, StringComparison.Ordinal);
        foreach (string file in Directory.EnumerateFiles(_lazuli.Home))
        {
            Assert.DoesNotContain(key, System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Doctor_finds_nothing_fatal_on_a_fresh_home()
    {
        LazuliProgram.Finished finished = await _lazuli.RunAsync("doctor", "--json");
        Assert.Equal(0, finished.ExitCode);
        Assert.Contains("\"processor\"", finished.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _lazuli.Dispose();
}
