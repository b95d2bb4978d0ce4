namespace Lazuli.Contracts;

/// <summary>The door before the engine: limits and a hold on money, taken together or not at all, durable before the answer. Thread-safe; fails closed.</summary>
public interface IAdmission
{
    /// <summary>Checks the limits of key, project, party and grants, and takes a hold.</summary>
    Task<AdmissionResult> AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken);
}
