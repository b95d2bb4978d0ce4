namespace Lazuli.Contracts;

/// <summary>Decides what licences allow. Thread-safe; deny by default.</summary>
public interface IEntitlements
{
    /// <summary>The state that decisions are made on now. A request admitted under an older one is refused, a stream running under it is asked about again.</summary>
    long Epoch { get; }

    /// <summary>Decides from the facts in force now; pure given them.</summary>
    EntitlementDecision Decide(EntitlementQuestion question);

    /// <summary>Ends when <see cref="Epoch"/> is above <paramref name="epoch"/>, or the state can no longer be read, which decisions refuse: decide again either way.</summary>
    Task WaitForChangeAsync(long epoch, CancellationToken cancellationToken);
}
