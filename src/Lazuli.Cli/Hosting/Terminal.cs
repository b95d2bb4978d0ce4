using System.Text.Json;
using Spectre.Console;

namespace Lazuli.Cli;

/// <summary>Where a command speaks: data to standard output, talk to standard error. Commands never touch <see cref="Console"/> themselves.</summary>
internal sealed class Terminal
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private static readonly JsonSerializerOptions s_adminJson = new(Gateway.AdminJson.Options) { WriteIndented = true };

    public Terminal(TextWriter data, TextWriter talk, TextReader input, bool isInteractive)
    {
        Data = data;
        Talk = talk;
        Input = input;
        IsInteractive = isInteractive;
        Screen = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(talk),
            Interactive = isInteractive ? InteractionSupport.Yes : InteractionSupport.No,
            Ansi = isInteractive ? AnsiSupport.Detect : AnsiSupport.No,
        });
    }

    /// <summary>The process's own streams.</summary>
    public static Terminal OfProcess() => new(
        Console.Out,
        Console.Error,
        Console.In,
        isInteractive: !Console.IsOutputRedirected && !Console.IsErrorRedirected && !Console.IsInputRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb");

    /// <summary>Standard output: what another program could read.</summary>
    public TextWriter Data { get; }

    /// <summary>Standard error: progress, notes, errors.</summary>
    public TextWriter Talk { get; }

    /// <summary>Standard input.</summary>
    public TextReader Input { get; }

    /// <summary>Whether a person sits at both ends.</summary>
    public bool IsInteractive { get; }

    /// <summary>Draws bars on <see cref="Talk"/>.</summary>
    public IAnsiConsole Screen { get; }

    /// <summary>A secret: typed without being shown where a person types, else the first line of standard input.</summary>
    public async Task<string?> ReadSecretAsync(string label, CancellationToken cancellationToken)
    {
        if (!ReferenceEquals(Input, Console.In) || Console.IsInputRedirected)
        {
            return await Input.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        }

        await Talk.WriteAsync(label).ConfigureAwait(false);
        var text = new System.Text.StringBuilder();
        while (true)
        {
            while (!Console.KeyAvailable)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken).ConfigureAwait(false); // so that Ctrl-C ends the wait
            }

            ConsoleKeyInfo key = Console.ReadKey(intercept: true);
            if (key.Key == ConsoleKey.Enter)
            {
                await Talk.WriteLineAsync().ConfigureAwait(false);
                return text.ToString();
            }

            text.Length -= key.Key == ConsoleKey.Backspace && text.Length > 0 ? 1 : 0;
            text.Append(char.IsControl(key.KeyChar) ? "" : key.KeyChar.ToString());
        }
    }

    /// <summary>Writes one JSON document.</summary>
    public void WriteJson<T>(T value) => Data.WriteLine(JsonSerializer.Serialize(value, s_json));

    /// <summary>Writes one JSON document in the admin API's form.</summary>
    public void WriteAdminJson<T>(T value) => Data.WriteLine(JsonSerializer.Serialize(value, s_adminJson));

    /// <summary>Writes rows under headings, in aligned columns.</summary>
    public void WriteTable(IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string>> rows)
    {
        List<IReadOnlyList<string>> all = [headings, .. rows];
        int[] widths = [.. Enumerable.Range(0, headings.Count).Select(c => all.Max(r => r[c].Length))];
        foreach (IReadOnlyList<string> row in all)
        {
            Data.WriteLine(string.Join("  ", row.Select((cell, c) => c == row.Count - 1 ? cell : cell.PadRight(widths[c]))).TrimEnd());
        }
    }
}
