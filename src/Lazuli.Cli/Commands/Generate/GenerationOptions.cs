using System.CommandLine;
using Lazuli.Contracts;

namespace Lazuli.Cli;

/// <summary>The options of choosing tokens that <c>generate</c> and <c>chat</c> share.</summary>
internal sealed class GenerationOptions
{
    private readonly Option<double> _temperature = new("--temperature") { Description = "0 takes the likeliest token; up to 2.", DefaultValueFactory = _ => 0 };
    private readonly Option<double> _topP = new("--top-p") { Description = "Only the likeliest tokens whose probabilities sum to this.", DefaultValueFactory = _ => 1 };
    private readonly Option<int> _topK = new("--top-k") { Description = "Only this many likeliest tokens; 0 means all." };
    private readonly Option<long?> _seed = new("--seed") { Description = "Makes sampling repeatable." };
    private readonly Option<int?> _maxTokens = new("--max-tokens") { Description = "Most tokens to generate." };
    private readonly Option<string[]> _stop = new("--stop") { Description = "End at this text. May be repeated." };
    private readonly Option<int> _threads = new("--threads") { Description = "Threads; 0 takes every processor." };

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _temperature, _topP, _topK, _seed, _maxTokens, _stop, _threads })
        {
            command.Options.Add(option);
        }
    }

    public int Threads(ParseResult parsed) => parsed.GetValue(_threads);

    /// <summary>The request for a prompt, as the options ask.</summary>
    /// <exception cref="CommandException">A value is out of range.</exception>
    public GenerationRequest Request(ParseResult parsed, GenerationPrompt prompt)
    {
        double temperature = parsed.GetValue(_temperature);
        double topP = parsed.GetValue(_topP);
        int topK = parsed.GetValue(_topK);
        int? maxTokens = parsed.GetValue(_maxTokens);
        Check(temperature is >= 0 and <= 2, "--temperature wants 0 to 2");
        Check(topP is > 0 and <= 1, "--top-p wants a share above 0, at most 1");
        Check(topK >= 0, "--top-k wants 0 or more");
        Check(maxTokens is null or > 0, "--max-tokens wants 1 or more");
        return new GenerationRequest
        {
            Prompt = prompt,
            Sampling = new SamplingOptions { Temperature = temperature, TopP = topP, TopK = topK, Seed = parsed.GetValue(_seed) },
            MaxTokens = maxTokens,
            Stop = parsed.GetValue(_stop) ?? [],
        };

        static void Check(bool good, string message)
        {
            if (!good)
            {
                throw new CommandException(message + ".", ExitCode.Usage);
            }
        }
    }
}
