namespace Lazuli.Contracts;

/// <summary>Price plans and whom they hold for. Thread-safe.</summary>
public interface IPrices
{
    /// <summary>The plain prices in force, from memory, in microseconds; null when there is none, and then nothing may be sold.</summary>
    /// <remarks>Without a grant (the owner's own use) and without an assignment the built-in plan <c>internal@1</c> holds, at zero; for sandbox keys <c>sandbox@1</c>.</remarks>
    TokenPrices? Find(in PriceQuestion question);

    /// <summary>Publishes the next version of a plan; the same document as the newest version's answers that version.</summary>
    /// <param name="seller">Whose prices.</param>
    /// <param name="document">The plan as JSON, see <c>docs/reference/billing.md</c>.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="BillingRefusedException">The plan has gaps, overlaps, negative prices, more digits than a nano-unit, or is another seller's.</exception>
    Task<PriceVersion> PublishAsync(PartyId seller, ReadOnlyMemory<byte> document, CancellationToken cancellationToken);

    /// <summary>Puts a version into force for somebody.</summary>
    /// <exception cref="BillingRefusedException">No such version, it ends before it begins, or it begins in the past, where requests were priced already.</exception>
    Task AssignAsync(PriceAssignment assignment, CancellationToken cancellationToken);

    /// <summary>All versions, by plan and number.</summary>
    Task<IReadOnlyList<PriceVersion>> ListAsync(CancellationToken cancellationToken);

    /// <summary>All assignments, oldest first.</summary>
    Task<IReadOnlyList<PriceAssignment>> AssignmentsAsync(CancellationToken cancellationToken);
}
