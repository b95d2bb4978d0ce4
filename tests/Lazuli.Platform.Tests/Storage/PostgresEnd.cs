using Lazuli.Testing;

namespace Lazuli.Platform.Tests;

/// <summary>Stops the server when the last test has run.</summary>
public sealed class PostgresEnd : IAsyncDisposable
{
    public async ValueTask DisposeAsync() => await PostgresServer.StopSharedAsync();
}
