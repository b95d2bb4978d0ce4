using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Licensing;

/// <summary>Tells which licences' terms came to be over, each once, whichever process sees it first: nobody else does anything at that moment. For one thread.</summary>
internal sealed class ExpiredGrants(LazuliDatabase database, Entitlements entitlements, TimeProvider time)
{
    private readonly HashSet<GrantId> _told = [];

    /// <summary>Tells of those that are not told yet; answers how many.</summary>
    public async Task<int> TellAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        Grant[] over = [.. entitlements.Current.Facts.Grants.Where(grant => GrantLife.Stands(grant) && grant.Terms.Until <= now && !_told.Contains(grant.Id))];
        if (over.Length == 0)
        {
            return 0;
        }

        int told = await database.WriteAsync(
            transaction => over.Count(grant =>
            {
                bool isNew = transaction.Execute("UPDATE grants SET expiry_told = 1 WHERE id = @id AND expiry_told = 0", new { id = grant.Id.Value }) == 1;
                if (isNew)
                {
                    GrantEvents.Append(transaction, GrantEvents.Expired, grant, now);
                }

                return isNew;
            }),
            cancellationToken).ConfigureAwait(false);
        _told.UnionWith(over.Select(grant => grant.Id));
        return told;
    }
}
