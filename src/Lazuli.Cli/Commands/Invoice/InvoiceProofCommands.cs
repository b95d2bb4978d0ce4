using System.CommandLine;
using System.Text.Json;
using System.Text.RegularExpressions;
using Lazuli.Billing;
using Lazuli.Contracts;
using Lazuli.Gateway;

namespace Lazuli.Cli;

/// <summary><c>lazuli invoice prove|verify</c>.</summary>
internal static partial class InvoiceProofCommands
{
    private const long MaxProofBytes = 64L << 20;

    public static Command BuildProve(Terminal terminal)
    {
        var number = new Argument<string>("number") { Description = "Number of an invoice, a credit note or a royalty statement." };
        var output = new Option<string>("--output", "-o") { Description = "File to write.", Required = true };
        var prove = new Command("prove", "Write a document with the log's receipt for its digest.") { number, output };
        prove.SetAction((parsed, cancel) => ProveAsync(terminal, parsed.GetValue(number)!, parsed.GetValue(output)!, cancel));
        return prove;
    }

    public static Command BuildVerify(Terminal terminal)
    {
        var what = new Argument<string>("document") { Description = "Number of a document, or a file that 'invoice prove' wrote." };
        var key = new Option<string?>("--log-key") { Description = "The log's public key, from somebody else than the issuer. Without it the installation's own is believed." };
        var verify = new Command("verify", "Check from the log that an invoice or royalty statement is as it was issued; of a file, with no server and no network.") { what, key };
        verify.SetAction((parsed, cancel) => VerifyAsync(terminal, parsed.GetValue(what)!, parsed.GetValue(key), cancel));
        return verify;
    }

    private static string PathOf(string number) => $"{(Statement().IsMatch(number) ? "royalties" : "invoices")}/{Uri.EscapeDataString(number)}/proof";

    private static async Task<int> ProveAsync(Terminal terminal, string number, string output, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        byte[] proof = await link.ReadAsync(PathOf(number), cancel).ConfigureAwait(false);
        await File.WriteAllBytesAsync(output, proof, cancel).ConfigureAwait(false);
        await terminal.Talk.WriteLineAsync($"Wrote {output}. Anybody checks it with: lazuli invoice verify {output} --log-key KEY").ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static async Task<int> VerifyAsync(Terminal terminal, string what, string? key, CancellationToken cancel)
    {
        DocumentProof proof;
        if (File.Exists(what))
        {
            key = key ?? throw new CommandException("A file is checked with the log's key, from somebody else than the issuer: --log-key KEY.", ExitCode.Usage);
            proof = await ReadAsync(what, cancel).ConfigureAwait(false);
        }
        else
        {
            await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
            proof = await link.GetAsync<DocumentProof>(PathOf(what), cancel).ConfigureAwait(false);
            if (key is null)
            {
                key = (await link.GetAsync<LogState>("log", cancel).ConfigureAwait(false)).Key;
                await terminal.Talk.WriteLineAsync($"Checked with the installation's own key {key}; get it from somebody else to trust nobody.").ConfigureAwait(false);
            }
        }

        string? fault = DocumentProofVerifier.WhyNot(proof, key.Trim());
        await terminal.Data.WriteLineAsync(fault is null ? $"{proof.Number} is as it was issued: the log holds the digest of exactly this document." : $"{proof.Number} does not hold. {fault}").ConfigureAwait(false);
        return fault is null ? ExitCode.Done : ExitCode.Failed;
    }

    private static async Task<DocumentProof> ReadAsync(string file, CancellationToken cancel)
    {
        if (new FileInfo(file).Length > MaxProofBytes)
        {
            throw new CommandException($"{file} has more than {MaxProofBytes} bytes and is no proof.", ExitCode.Usage);
        }

        try
        {
            return JsonSerializer.Deserialize<DocumentProof>(await File.ReadAllBytesAsync(file, cancel).ConfigureAwait(false), AdminJson.Options) ?? throw new CommandException($"{file} is no proof.", ExitCode.Usage);
        }
        catch (JsonException e)
        {
            throw new CommandException($"{file} is no proof: {e.Message}", ExitCode.Usage, e);
        }
    }

    [GeneratedRegex("-R[0-9]+\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Statement();
}
