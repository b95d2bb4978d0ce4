using Microsoft.Extensions.Hosting;

namespace Lazuli.Cli;

/// <summary>Leaves the process's signals alone: the program owns them.</summary>
internal sealed class NoSignals : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
