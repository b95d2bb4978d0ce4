namespace Lazuli.Contracts;

/// <summary>What serving took, by day, project, key and model, kept durably.</summary>
public interface IServingUseStore
{
    /// <summary>Adds to the days' sums, all of it or nothing.</summary>
    /// <exception cref="ArgumentException">A figure is negative or not finite, or a name is empty.</exception>
    Task AddAsync(IReadOnlyList<ServingUse> uses, CancellationToken cancellationToken);

    /// <summary>The sums of the days from <paramref name="from"/> to before <paramref name="to"/>, in order of day, project, key and model.</summary>
    Task<IReadOnlyList<ServingUse>> ListAsync(DateOnly from, DateOnly to, CancellationToken cancellationToken);
}
