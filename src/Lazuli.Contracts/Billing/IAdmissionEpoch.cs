namespace Lazuli.Contracts;

/// <summary>The policy epoch that admission goes by. Licensing tells it; it only rises.</summary>
public interface IAdmissionEpoch
{
    /// <summary>From now on, requests decided under an epoch below <paramref name="epoch"/> are refused; ends when that is durable. A lower one than before changes nothing.</summary>
    Task SetEpochAsync(long epoch, CancellationToken cancellationToken);
}
