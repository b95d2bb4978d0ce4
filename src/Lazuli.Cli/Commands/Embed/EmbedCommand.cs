using System.CommandLine;
using System.Globalization;
using Lazuli.Contracts;

namespace Lazuli.Cli;

/// <summary><c>lazuli embed</c>: vectors of texts, or how near they are to each other.</summary>
internal static class EmbedCommand
{
    public static Command Build(Terminal terminal)
    {
        var model = new Argument<string>("model") { Description = "A registered model, or a model's folder or GGUF file." };
        var texts = new Argument<string[]>("text") { Description = "Texts; lines of standard input when left out.", Arity = ArgumentArity.ZeroOrMore };
        var pooling = new Option<string?>("--pooling") { Description = "mean, last or cls. Default: as the model's files say, else mean." };
        var dimensions = new Option<int?>("--dimensions") { Description = "Numbers of a vector, where the model's vectors can be cut." };
        var similarity = new Option<bool>("--similarity") { Description = "Print the cosine of each pair of texts instead of vectors." };
        var threads = new Option<int>("--threads") { Description = "Threads; 0 takes every processor." };
        Option<bool> json = CommandTree.JsonOption();
        var command = new Command("embed", "Turn texts into vectors.") { model, texts, pooling, dimensions, similarity, threads, json };
        command.SetAction(async (parsed, cancel) =>
        {
            EmbeddingPooling? kind = ReadPooling(parsed.GetValue(pooling));
            if (parsed.GetValue(dimensions) is < 1)
            {
                throw new CommandException($"--dimensions is {parsed.GetValue(dimensions)}; it must be at least 1.", ExitCode.Usage);
            }

            string[] given = parsed.GetValue(texts) is { Length: > 0 } words ? words : await LinesAsync(terminal, cancel).ConfigureAwait(false);
            LoadedModel loaded = await ModelReference.LoadAsync(parsed.GetValue(model)!, parsed.GetValue(threads), cancel).ConfigureAwait(false);
            await using (loaded.ConfigureAwait(false))
            {
                var request = new EmbeddingRequest { Inputs = [.. given.Select(t => new GenerationPrompt.Text(t))], Pooling = kind, Dimensions = parsed.GetValue(dimensions) };
                EmbeddingResult result = await EmbedAsync(loaded, request, cancel).ConfigureAwait(false);
                Print(terminal, given, result, loaded.Engine.DefaultPooling, request, parsed.GetValue(similarity), parsed.GetValue(json));
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static async Task<EmbeddingResult> EmbedAsync(LoadedModel loaded, EmbeddingRequest request, CancellationToken cancel)
    {
        try
        {
            return await loaded.Engine.EmbedAsync(request, cancel).ConfigureAwait(false);
        }
        catch (ArgumentException e)
        {
            throw CommandException.Usage(e);
        }
    }

    private static void Print(Terminal terminal, string[] texts, EmbeddingResult result, EmbeddingPooling byDefault, EmbeddingRequest request, bool similarity, bool json)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        if (json)
        {
            terminal.WriteJson(new EmbedDocument(
                NameOf(request.Pooling ?? byDefault),
                result.Usage.PromptTokens,
                [.. texts.Select((t, i) => new EmbeddedText(t, result.Vectors[i].ToArray()))],
                similarity ? [.. result.Vectors.Select(a => result.Vectors.Select(b => Cosine(a.Span, b.Span)).ToArray())] : null));
        }
        else if (similarity)
        {
            terminal.WriteTable(
                ["", .. texts.Select((_, i) => (i + 1).ToString(invariant)), "text"],
                texts.Select((t, i) => (IReadOnlyList<string>)[(i + 1).ToString(invariant), .. result.Vectors.Select(b => Cosine(result.Vectors[i].Span, b.Span).ToString("F3", invariant)), t]));
        }
        else
        {
            foreach (ReadOnlyMemory<float> vector in result.Vectors)
            {
                terminal.Data.WriteLine(string.Join(' ', vector.ToArray().Select(v => v.ToString(invariant))));
            }
        }
    }

    /// <summary>Vectors have length 1, so that their product is the cosine of the angle between them.</summary>
    private static double Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += (double)a[i] * b[i];
        }

        return sum;
    }

    private static async Task<string[]> LinesAsync(Terminal terminal, CancellationToken cancel)
    {
        string[] lines = (await terminal.Input.ReadToEndAsync(cancel).ConfigureAwait(false)).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.Length > 0 ? lines : throw new CommandException("There is no text: give some as arguments, or lines on standard input.", ExitCode.Usage);
    }

    private static EmbeddingPooling? ReadPooling(string? word) => word switch
    {
        null => null,
        "mean" => EmbeddingPooling.Mean,
        "last" => EmbeddingPooling.Last,
        "cls" => EmbeddingPooling.First,
        _ => throw new CommandException($"--pooling is '{word}'; expected mean, last or cls.", ExitCode.Usage),
    };

    private static string NameOf(EmbeddingPooling pooling) => pooling switch
    {
        EmbeddingPooling.Last => "last",
        EmbeddingPooling.First => "cls",
        _ => "mean",
    };
}
