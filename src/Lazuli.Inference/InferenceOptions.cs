using System.Globalization;
using Lazuli.Contracts;
using Lazuli.Numerics;

namespace Lazuli.Inference;

/// <summary>Settings of an <see cref="InferenceEngine"/>.</summary>
public sealed record InferenceOptions
{
    /// <summary>Choices that run at once.</summary>
    /// <value>Default 32; from 1 to 1,024, at most <see cref="MaxBatchRows"/>.</value>
    public int MaxSequences { get; init; } = 32;

    /// <summary>Requests that may wait beyond <see cref="MaxSequences"/> unfinished ones; more are refused.</summary>
    /// <value>Default 128; at least 0.</value>
    public int MaxQueuedRequests { get; init; } = 128;

    /// <summary>Most rows (tokens) of one step.</summary>
    /// <value>Default 256; from 1 to 65,536.</value>
    public int MaxBatchRows { get; init; } = 256;

    /// <summary>Most prompt tokens of one step.</summary>
    /// <value>Default 256; at least 1.</value>
    public int PrefillTokensPerStep { get; init; } = 256;

    /// <summary>How long a step may take while answers run beside a prompt: the prompt gets the tokens that fit, from the steps' own measured times. Shorter makes those answers smoother, longer the prompt faster.</summary>
    /// <value>Default 255 ms; above 0. Infinite (<see cref="Timeout.InfiniteTimeSpan"/>) always takes <see cref="PrefillTokensPerStep"/>.</value>
    public TimeSpan StepTarget { get; init; } = TimeSpan.FromMilliseconds(255);

    /// <summary>Tokens of a key/value page; also the tile of attention's sums, so bits may differ between page sizes.</summary>
    /// <value>Default 32; from 1 to 1,024.</value>
    public int PageTokens { get; init; } = 32;

    /// <summary>Longest prompt plus answer, in tokens; null for the model's own limit.</summary>
    public int? ContextLength { get; init; }

    /// <summary>Memory for keys and values. At least one whole context is made room for.</summary>
    /// <value>Default 1 GiB; never more is taken than <see cref="MaxSequences"/> whole contexts need.</value>
    public long KeyValueBytes { get; init; } = 1L << 30;

    /// <summary>How keys and values are kept between steps. A model whose heads are no whole blocks of Q8_0 keeps them in F16 instead.</summary>
    /// <value>Default F16.</value>
    public KeyValueFormat KeyValueFormat { get; init; } = KeyValueFormat.F16;

    /// <summary>Whether prompts that begin as earlier ones of the same party did are fed from there on only. Changes nothing about answers.</summary>
    /// <value>Default true.</value>
    public bool ReusePrefixes { get; init; } = true;

    /// <summary>Whether tokens are guessed from what the text repeats and checked several a step, where that saves time. Changes nothing about answers.</summary>
    /// <value>Default true.</value>
    public bool Speculate { get; init; } = true;

    /// <summary>Rows whose logits a step can give.</summary>
    internal int MaxLogitRows => Speculate ? Math.Min(MaxBatchRows, MaxSequences + DraftPlanner.MostOfStep) : MaxSequences;

    /// <summary>Requests of one party that may wait; more are refused though others still find room.</summary>
    /// <value>Default null: three quarters of <see cref="MaxQueuedRequests"/>; at least 0. Requests without a party share the whole queue.</value>
    public int? MaxQueuedRequestsOfParty { get; init; }

    /// <summary>How much of the engine a party gets beside others; null where all get alike.</summary>
    /// <remarks>Asked when a party first comes. A finite number above 0; twice the number is twice the tokens while both have work.</remarks>
    public Func<ComputeParty, double>? WeightOf { get; init; }

    /// <summary>Hears what the engine did and for whom; null when nobody asks.</summary>
    public IEngineMeter? Meter { get; init; }

    /// <summary>Checks all settings against a model's context.</summary>
    /// <exception cref="ArgumentException">Settings are out of range; the message lists all of them.</exception>
    internal static void Check(InferenceOptions options, int modelContextLength)
    {
        var errors = new List<string>();
        Range(nameof(MaxSequences), options.MaxSequences, 1, Math.Min(1024, options.MaxBatchRows));
        Range(nameof(MaxQueuedRequests), options.MaxQueuedRequests, 0, int.MaxValue);
        Range(nameof(MaxQueuedRequestsOfParty), options.MaxQueuedRequestsOfParty ?? 0, 0, int.MaxValue);
        Range(nameof(MaxBatchRows), options.MaxBatchRows, 1, 65_536);
        Range(nameof(PrefillTokensPerStep), options.PrefillTokensPerStep, 1, int.MaxValue);
        Range(nameof(PageTokens), options.PageTokens, 1, 1024);
        Range(nameof(ContextLength), options.ContextLength ?? modelContextLength, 1, modelContextLength);
        Range(nameof(KeyValueBytes), options.KeyValueBytes, 0, long.MaxValue);
        if (!Enum.IsDefined(options.KeyValueFormat))
        {
            errors.Add($"KeyValueFormat is {options.KeyValueFormat}; it must be F32, F16 or Q8_0.");
        }

        if (options.StepTarget <= TimeSpan.Zero && options.StepTarget != Timeout.InfiniteTimeSpan)
        {
            errors.Add(string.Create(CultureInfo.InvariantCulture, $"StepTarget is {options.StepTarget}; it must be above zero."));
        }

        if (errors.Count > 0)
        {
            throw new ArgumentException(string.Join(" ", errors), nameof(options));
        }

        void Range(string name, long value, long low, long high)
        {
            if (value < low || value > high)
            {
                errors.Add(string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; it must be from {low} to {high}."));
            }
        }
    }
}
