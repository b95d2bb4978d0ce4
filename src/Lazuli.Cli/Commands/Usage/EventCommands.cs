using System.CommandLine;
using System.Globalization;
using System.Text;
using Lazuli.Contracts;

namespace Lazuli.Cli;

/// <summary><c>lazuli usage import|correct</c>.</summary>
internal static class EventCommands
{
    private const int MostLines = 500;
    private const int MostLineLength = 64 << 10;
    private const int MostBatchLength = 2 << 20;
    private const long MostFileBytes = 1L << 30;

    public static Command BuildImport(Terminal terminal)
    {
        var file = new Argument<string>("file") { Description = "Meter events, CloudEvents 1.0: one a line, or a JSON array." };
        Option<bool> json = CommandTree.JsonOption();
        var import = new Command("import", "Send meter events of a registered source; the same event twice counts once.") { file, json };
        import.SetAction((parsed, cancel) => ImportAsync(terminal, parsed.GetValue(file)!, parsed.GetValue(json), cancel));
        return import;
    }

    public static Command BuildCorrect(Terminal terminal)
    {
        var which = new Argument<string>("event") { Description = "A request's id, or an event as SOURCE/NUMBER." };
        var prompt = new Option<long?>("--prompt") { Description = "Prompt tokens that it really had, cached ones included." };
        var cached = new Option<long?>("--cached") { Description = "Of these, found in the cache." };
        var completion = new Option<long?>("--completion") { Description = "Tokens that it really generated." };
        var seconds = new Option<long?>("--device-seconds") { Description = "Device-seconds that a job really took." };
        var isVoid = new Option<bool>("--void") { Description = "Charge nothing of it." };
        var reason = new Option<string>("--reason") { Description = "Why; it stands on the event.", Required = true };
        var correct = new Command("correct", "Record the difference to what an event really took, as a new event.") { which, prompt, cached, completion, seconds, isVoid, reason };
        correct.SetAction((parsed, cancel) => CorrectAsync(
            terminal,
            new EventCorrection
            {
                Request = Guid.TryParse(parsed.GetValue(which), out Guid request) ? request : null,
                Event = Guid.TryParse(parsed.GetValue(which), out _) ? null : Identity(parsed.GetValue(which)!),
                Prompt = parsed.GetValue(prompt),
                Cached = parsed.GetValue(cached),
                Completion = parsed.GetValue(completion),
                DeviceSeconds = parsed.GetValue(seconds),
                Void = parsed.GetValue(isVoid),
                Reason = parsed.GetValue(reason)!,
            },
            cancel));
        return correct;
    }

    private static EventIdentity Identity(string text)
    {
        int slash = text.LastIndexOf('/');
        return slash > 0 && long.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? new EventIdentity(text[..slash], number)
            : throw new CommandException($"'{text}' is neither a request's id nor an event such as node/7/12.", ExitCode.Usage);
    }

    private static async Task<int> CorrectAsync(Terminal terminal, EventCorrection correction, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        MeterEvent written = await link.PostAsync<MeterEvent>("usage/corrections", correction, cancel).ConfigureAwait(false);
        await terminal.Talk.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"{written.Source}/{written.Sequence} corrects {written.Corrects}: {written.Tokens.Prompt:+0;-0;0} prompt and {written.Tokens.Completion:+0;-0;0} generated tokens, {written.Charge}.")).ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static async Task<int> ImportAsync(Terminal terminal, string file, bool json, CancellationToken cancel)
    {
        if (!File.Exists(file) || new FileInfo(file).Length > MostFileBytes)
        {
            throw new CommandException($"There is no file '{file}' of at most {MostFileBytes} bytes.", ExitCode.Usage);
        }

        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        var verdicts = new List<EventVerdict>();
        await foreach ((string document, string place) in DocumentsAsync(file, cancel).ConfigureAwait(false))
        {
            try
            {
                verdicts.AddRange(await link.PostAsync<EventVerdict[]>("usage/events", Encoding.UTF8.GetBytes(document), cancel).ConfigureAwait(false));
            }
            catch (CommandException e)
            {
                string taken = string.Create(CultureInfo.InvariantCulture, $"{verdicts.Count} events before were answered; importing the file again is safe.");
                throw new CommandException($"{file}{place}: {e.Message} {taken}", e.ExitCode, e);
            }
        }

        if (json)
        {
            terminal.WriteAdminJson(verdicts);
        }
        else
        {
            foreach (EventVerdict verdict in verdicts.Where(v => v.Kind is EventVerdictKind.Quarantined or EventVerdictKind.Refused))
            {
                await terminal.Data.WriteLineAsync($"{new EventIdentity(verdict.Source, verdict.Sequence)}: {verdict.Kind.ToString().ToLowerInvariant()}: {verdict.Detail}").ConfigureAwait(false);
            }

            await terminal.Talk.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{Count(EventVerdictKind.Accepted)} accepted, {Count(EventVerdictKind.Duplicate)} known already, {Count(EventVerdictKind.Quarantined)} quarantined, {Count(EventVerdictKind.Refused)} refused.")).ConfigureAwait(false);
        }

        return Count(EventVerdictKind.Refused) > 0 ? ExitCode.Refused : ExitCode.Done;

        int Count(EventVerdictKind kind) => verdicts.Count(verdict => verdict.Kind == kind);
    }

    /// <summary>The file in documents that the API takes at once, each with its place.</summary>
    private static async IAsyncEnumerable<(string Document, string Place)> DocumentsAsync(string file, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        using var reader = new StreamReader(file, Encoding.UTF8);
        if (reader.Peek() == '[')
        {
            yield return (await reader.ReadToEndAsync(cancel).ConfigureAwait(false), "");
            yield break;
        }

        var lines = new StringBuilder("[");
        int count = 0, first = 1, number = 0;
        while (await reader.ReadLineAsync(cancel).ConfigureAwait(false) is { } line)
        {
            number++;
            if (line.Length > MostLineLength)
            {
                throw new CommandException($"{file}, line {number}: an event has at most {MostLineLength} characters; this line has {line.Length}.", ExitCode.Usage);
            }

            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            lines.Append(count++ == 0 ? "" : ",").Append(line);
            if (count == MostLines || lines.Length > MostBatchLength)
            {
                yield return (lines.Append(']').ToString(), Place(first, number));
                (lines, count, first) = (new StringBuilder("["), 0, number + 1);
            }
        }

        if (count > 0)
        {
            yield return (lines.Append(']').ToString(), Place(first, number));
        }
    }

    private static string Place(int first, int last) => string.Create(CultureInfo.InvariantCulture, $", lines {first} to {last}");
}
