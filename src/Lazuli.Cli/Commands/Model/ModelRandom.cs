using System.CommandLine;
using System.Globalization;
using Lazuli.Models;

namespace Lazuli.Cli;

/// <summary><c>lazuli model random</c>: a GGUF file of a given shape with random weights, for benchmarks and tests.</summary>
internal static class ModelRandom
{
    private const int MaxContext = 1 << 20;

    public static Command Build(Terminal terminal)
    {
        var family = new Option<string>("--arch") { Description = "Family: llama, qwen2, qwen3 or gpt2.", DefaultValueFactory = _ => "llama" };
        family.AcceptOnlyFromAmong([.. ModelShapes.Families]);
        var parameters = new Option<string>("--params") { Description = "Number of parameters, e.g. 15M, 110M, 1.1B.", Required = true };
        var format = new Option<string>("--format") { Description = "How weights are stored: q4_0, q4_k_m, q5_k_m, q6_k, q8_0, bf16, f16 or f32.", DefaultValueFactory = _ => "q8_0" };
        format.AcceptOnlyFromAmong(GgufEncodings.Names);
        var context = new Option<int>("--context") { Description = "Longest sequence in tokens.", DefaultValueFactory = _ => 4_096 };
        var seed = new Option<long>("--seed") { Description = "Decides the weights; equal seeds give equal files.", DefaultValueFactory = _ => 1 };
        var output = new Option<string>("--output", "-o") { Description = "File to write; must not exist.", Required = true };
        var command = new Command("random", "Write a model with random weights, for benchmarks.") { family, parameters, format, context, seed, output };
        command.SetAction((parsed, _) => WriteAsync(
            terminal, parsed.GetValue(family)!, parsed.GetValue(parameters)!, parsed.GetValue(format)!, parsed.GetValue(context), parsed.GetValue(seed), parsed.GetValue(output)!));
        return command;
    }

    private static async Task<int> WriteAsync(Terminal terminal, string family, string size, string format, int context, long seed, string output)
    {
        if (context is < 1 or > MaxContext)
        {
            throw new CommandException($"--context {context}: from 1 to {MaxContext}.", ExitCode.Usage);
        }

        ModelQuantize.RefuseExisting(output);
        long wanted = ParseCount(size);
        ModelConfig config;
        try
        {
            config = ModelShapes.Of(family, wanted, context);
        }
        catch (ArgumentException e)
        {
            throw new CommandException($"--params {size}: {e.Message}", ExitCode.Usage, e);
        }

        string name = $"random-{family}-{size}";
        GgufFile.Write(output, RandomModel.Create(config, unchecked((ulong)seed), name), GgufEncodings.Parse(format));
        long count = new ParameterTable(config).ParameterCount;
        await terminal.Talk.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"Wrote {output}: {count:N0} parameters ({config.Layers} layers, {config.Width} wide, {config.Heads} heads, {config.KeyValueHeads} key/value, feed-forward {config.FeedForwardWidth}), {new FileInfo(output).Length / 1e6:N1} MB as {format}.")).ConfigureAwait(false);
        return ExitCode.Done;
    }

    /// <summary>A number with K, M or B behind it, or none.</summary>
    private static long ParseCount(string text)
    {
        (double unit, string number) = text.Length == 0 ? (1, text) : char.ToUpperInvariant(text[^1]) switch
        {
            'K' => (1e3, text[..^1]),
            'M' => (1e6, text[..^1]),
            'B' => (1e9, text[..^1]),
            _ => (1, text),
        };
        return double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) && value * unit is >= 1 and <= 1e12
            ? (long)Math.Round(value * unit)
            : throw new CommandException($"--params {text}: a number of parameters such as 15M, 110M or 1.1B.", ExitCode.Usage);
    }
}
