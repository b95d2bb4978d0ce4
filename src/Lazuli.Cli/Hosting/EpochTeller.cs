using Lazuli.Contracts;
using Microsoft.Extensions.Hosting;

namespace Lazuli.Cli;

/// <summary>Tells admission each new state of licences, so that what was decided on an older one is refused at the door. The two rooms never meet.</summary>
internal sealed class EpochTeller(IEntitlements entitlements, IAdmissionEpoch admission) : BackgroundService
{
    /// <summary>Before anything is served, the door knows the state.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await admission.SetEpochAsync(entitlements.Epoch, cancellationToken).ConfigureAwait(false);
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        long told = entitlements.Epoch;
        try
        {
            while (true)
            {
                await entitlements.WaitForChangeAsync(told, stoppingToken).ConfigureAwait(false);
                long epoch = entitlements.Epoch;
                await admission.SetEpochAsync(epoch, stoppingToken).ConfigureAwait(false);
                told = epoch;
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The end.
        }
    }
}
