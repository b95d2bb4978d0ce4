using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Lazuli.Billing;
using Lazuli.Contracts;
using Lazuli.Gateway;

namespace Lazuli.Cli;

/// <summary><c>lazuli usage show|prove|verify|key|interrupted|import|correct|source|quarantine</c>.</summary>
internal static class UsageCommand
{
    private const long MaxProofBytes = 1L << 30;

    public static Command Build(Terminal terminal)
    {
        var request = new Argument<Guid>("request") { Description = "The id that an answer's header x-lazuli-usage-id named." };
        var show = new Command("show", "Show what a request took, as JSON.") { request };
        show.SetAction((parsed, cancel) => ShowAsync(terminal, parsed.GetValue(request), cancel));

        var party = new Option<string>("--party") { Description = "Whose use.", Required = true };
        Option<DateTimeOffset> from = PeriodOptions.From();
        Option<DateTimeOffset> until = PeriodOptions.Until();
        var output = new Option<string>("--output", "-o") { Description = "File to write.", Required = true };
        var prove = new Command("prove", "Write all that a party used in a period, with its proof from the log.") { party, from, until, output };
        prove.SetAction((parsed, cancel) => ProveAsync(terminal, parsed.GetValue(party)!, parsed.GetValue(from), parsed.GetValue(until), parsed.GetValue(output)!, cancel));

        var file = new Argument<string>("proof") { Description = "The proof, as 'usage prove' wrote it." };
        var logKey = new Option<string>("--log-key") { Description = "The log's public key, from somebody else than the seller.", Required = true };
        Option<bool> json = CommandTree.JsonOption();
        var verify = new Command("verify", "Check a proof with the log's key and nothing else: no server, no network, no trust in the seller.") { file, logKey, json };
        verify.SetAction((parsed, cancel) => VerifyAsync(terminal, parsed.GetValue(file)!, parsed.GetValue(logKey)!, parsed.GetValue(json), cancel));

        var key = new Command("key", "Print the public key of this installation's log.");
        key.SetAction((_, cancel) => KeyAsync(terminal, cancel));

        var interrupted = new Command("interrupted", "List requests that a killed server left behind, settled at their last durable marks.") { json };
        interrupted.SetAction((parsed, cancel) => InterruptedAsync(terminal, parsed.GetValue(json), cancel));
        return CommandTree.Noun("usage", "Metered use and its proofs.", show, prove, verify, key, interrupted,
            EventCommands.BuildImport(terminal), EventCommands.BuildCorrect(terminal), MeterSourceCommand.Build(terminal), QuarantineCommand.Build(terminal));
    }

    private static async Task<int> ShowAsync(Terminal terminal, Guid request, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        terminal.WriteAdminJson(await link.GetAsync<MeterEvent>($"usage/{request}", cancel).ConfigureAwait(false));
        return ExitCode.Done;
    }

    private static async Task<int> ProveAsync(Terminal terminal, string party, DateTimeOffset from, DateTimeOffset until, string output, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        byte[] proof = await link.ReadAsync(PathOf(party, from, until), cancel).ConfigureAwait(false);
        await File.WriteAllBytesAsync(output, proof, cancel).ConfigureAwait(false);
        await terminal.Talk.WriteLineAsync($"Wrote {output}. Anybody checks it with: lazuli usage verify {output} --log-key KEY").ConfigureAwait(false);
        return ExitCode.Done;
    }

    /// <summary>Where the admin API proves a period.</summary>
    public static string PathOf(string party, DateTimeOffset from, DateTimeOffset until) => $"usage/proof?party={Uri.EscapeDataString(party)}&{PeriodOptions.Query(from, until)}";

    private static async Task<int> VerifyAsync(Terminal terminal, string file, string logKey, bool json, CancellationToken cancel)
    {
        UsageProof proof = await InputFile.ReadJsonAsync<UsageProof>(file, "proof", MaxProofBytes, cancel).ConfigureAwait(false);
        UsageVerdict verdict = UsageProofVerifier.Verify(proof, logKey.Trim());
        if (json)
        {
            terminal.WriteAdminJson(verdict);
        }
        else
        {
            await terminal.Data.WriteLineAsync(verdict.Holds
                ? string.Create(CultureInfo.InvariantCulture, $"The proof holds: {verdict.Events} events of {proof.Party} in {verdict.Intervals} intervals, all of them and no others; {verdict.Tokens.Prompt} prompt and {verdict.Tokens.Completion} generated tokens, {string.Join(" and ", verdict.Charges)} before tiers and rounding.")
                : $"The proof does not hold. {verdict.Fault}").ConfigureAwait(false);
        }

        return verdict.Holds ? ExitCode.Done : ExitCode.Failed;
    }

    private static async Task<int> KeyAsync(Terminal terminal, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        await terminal.Data.WriteLineAsync((await link.GetAsync<LogState>("log", cancel).ConfigureAwait(false)).Key).ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static async Task<int> InterruptedAsync(Terminal terminal, bool json, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        MeterEvent[] events = await link.GetAsync<MeterEvent[]>("usage/interrupted", cancel).ConfigureAwait(false);
        if (json)
        {
            terminal.WriteAdminJson(events);
            return ExitCode.Done;
        }

        terminal.WriteTable(
            ["request", "source", "at", "party", "model", "tokens", "charged"],
            events.Select(e => new[]
            {
                e.RequestId?.ToString() ?? "-", string.Create(CultureInfo.InvariantCulture, $"{e.Source}/{e.Sequence}"), e.At.ToString("u", CultureInfo.InvariantCulture), e.Party.Value, e.ModelName,
                string.Create(CultureInfo.InvariantCulture, $"{e.Tokens.Prompt} + {e.Tokens.Completion}"), e.Charge.ToString(),
            }));
        return ExitCode.Done;
    }
}
