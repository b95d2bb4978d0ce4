using Lazuli.Storage;

namespace Lazuli.Licensing;

/// <summary>The facts as they were last committed, for lists and look-ups by people.</summary>
internal sealed class FreshFacts(LazuliDatabase database, Entitlements entitlements)
{
    public Task<LicensingFacts> ReadAsync(CancellationToken cancellationToken) => FactsReader.ReadAsync(database, entitlements.Terms, cancellationToken);
}
