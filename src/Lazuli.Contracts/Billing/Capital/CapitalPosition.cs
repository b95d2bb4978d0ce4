namespace Lazuli.Contracts;

/// <summary>A commitment and where it stands.</summary>
/// <param name="Commitment">The commitment.</param>
/// <param name="Tranches">Its tranches.</param>
/// <param name="ReturnedNanos">Nano-units returned for it.</param>
public sealed record CapitalPosition(CapitalCommitment Commitment, IReadOnlyList<TrancheState> Tranches, long ReturnedNanos)
{
    /// <summary>Nano-units promised.</summary>
    public long CommittedNanos => Tranches.Sum(tranche => tranche.Tranche.Nanos);

    /// <summary>Nano-units drawn.</summary>
    public long DrawnNanos => Tranches.Sum(tranche => tranche.DrawnNanos);

    /// <summary>Most that may ever be returned for what is drawn by now, in nano-units.</summary>
    public long CapNanos => checked((long)((decimal)DrawnNanos * Commitment.CapPercent / 100));

    /// <summary>Part of the cap that is used up, 0 to 1; 0 where nothing is drawn.</summary>
    public decimal CapUsed => CapNanos == 0 ? 0 : (decimal)ReturnedNanos / CapNanos;
}
