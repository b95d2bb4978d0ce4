namespace Lazuli.Contracts;

/// <summary>Pledges to public-interest parties, and the public benefit report. Thread-safe.</summary>
public interface IBenefits
{
    /// <summary>Keeps a pledge; the same again changes nothing.</summary>
    /// <exception cref="BillingRefusedException">It contradicts itself, or its id is there with other content.</exception>
    Task PledgeAsync(Pledge pledge, CancellationToken cancellationToken);

    /// <summary>All pledges, by id.</summary>
    Task<IReadOnlyList<Pledge>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Gives a period's share as credit, divided by weight to the last nano-unit; asked again for the same period, gives nothing more.</summary>
    /// <returns>The credit of that period.</returns>
    Task<IReadOnlyList<CreditGrant>> AllotAsync(string pledge, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken);

    /// <summary>The report of a period.</summary>
    Task<BenefitReport> ReportAsync(Currency currency, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken);
}
