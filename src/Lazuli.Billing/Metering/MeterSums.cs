namespace Lazuli.Billing;

/// <summary>Sums of events of one profile.</summary>
internal sealed class MeterSums
{
    public long Events { get; set; }

    public long PromptTokens { get; set; }

    public long CachedTokens { get; set; }

    public long CompletionTokens { get; set; }

    public long DeviceMicroseconds { get; set; }

    public double Flop { get; set; }

    public long ChargeNanos { get; set; }

    public long UnchargedNanos { get; set; }

    public long Requests { get; set; }

    public long DeviceSeconds { get; set; }

    /// <summary>The lowest number of one of the events in their source; those between it and the last may be of other profiles.</summary>
    public long FirstSequence { get; set; }

    /// <summary>The highest.</summary>
    public long LastSequence { get; set; }

    /// <summary>Counts one more.</summary>
    /// <exception cref="OverflowException">A sum leaves 64 bits.</exception>
    public void Add(in MeterRow row)
    {
        checked
        {
            FirstSequence = Events == 0 ? row.Sequence : Math.Min(FirstSequence, row.Sequence);
            LastSequence = Events == 0 ? row.Sequence : Math.Max(LastSequence, row.Sequence);
            Events++;
            PromptTokens += row.Tokens.Prompt;
            CachedTokens += row.Tokens.Cached;
            CompletionTokens += row.Tokens.Completion;
            DeviceMicroseconds += row.DeviceMicroseconds;
            Flop += row.Flop;
            ChargeNanos += row.ChargeNanos;
            UnchargedNanos += row.UnchargedNanos;
            Requests += row.Requests;
            DeviceSeconds += row.DeviceSeconds;
        }
    }
}
