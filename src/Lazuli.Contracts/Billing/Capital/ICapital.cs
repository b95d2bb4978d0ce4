namespace Lazuli.Contracts;

/// <summary>Capital: commitments, draw-down, cost, runway, capped returns. Thread-safe.</summary>
public interface ICapital
{
    /// <summary>Keeps a commitment; the same again changes nothing.</summary>
    /// <exception cref="BillingRefusedException">It contradicts itself, or its id is there with other content.</exception>
    Task CommitAsync(CapitalCommitment commitment, CancellationToken cancellationToken);

    /// <summary>Says what shows that a tranche's condition is met; said once.</summary>
    Task MeetConditionAsync(string commitment, int tranche, string evidence, CancellationToken cancellationToken);

    /// <summary>Draws from a tranche; the same reference again changes nothing.</summary>
    /// <exception cref="BillingRefusedException">Too early, its condition is not met, or more than is left.</exception>
    Task DrawAsync(string commitment, int tranche, Money amount, string reference, CancellationToken cancellationToken);

    /// <summary>Books a cost of compute, from compute credit as far as there is some, else from cash; the same reference again changes nothing.</summary>
    Task SpendAsync(PartyId party, Money cost, string reference, CancellationToken cancellationToken);

    /// <summary>Commitments to a party and where they stand, by id; null for everybody's.</summary>
    Task<IReadOnlyList<CapitalPosition>> PositionsAsync(PartyId? receiver, CancellationToken cancellationToken);

    /// <summary>How long a party's means last at what it spent in the last days.</summary>
    Task<Runway> RunwayAsync(PartyId party, Currency currency, int days, CancellationToken cancellationToken);

    /// <summary>How an amount would be returned: to investors in proportion to what each drew, each up to its cap, and all above to the residual owner.</summary>
    Task<Distribution> PlanReturnAsync(PartyId payer, Money amount, CancellationToken cancellationToken);

    /// <summary>Returns an amount so; the same reference again changes nothing.</summary>
    /// <param name="payer">Who pays, from its cash.</param>
    /// <param name="residualOwner">The nonprofit.</param>
    /// <param name="amount">How much.</param>
    /// <param name="reference">Names this return for ever.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<Distribution> ReturnAsync(PartyId payer, PartyId residualOwner, Money amount, string reference, CancellationToken cancellationToken);

    /// <summary>Margins of a seller in a period, by model, customer and grant.</summary>
    /// <param name="seller">Whose.</param>
    /// <param name="currency">Of invoices and cost.</param>
    /// <param name="from">First instant.</param>
    /// <param name="until">First instant after.</param>
    /// <param name="costNanosPerDeviceSecond">What a device-second costs, in nano-units.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    Task<MarginReport> MarginsAsync(PartyId seller, Currency currency, DateTimeOffset from, DateTimeOffset until, long costNanosPerDeviceSecond, CancellationToken cancellationToken);
}
