using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Billing;

/// <summary>Binds the money database to the one log that its intervals are sealed in, by the log's key.</summary>
/// <remarks>Of several gateways on one database one keeps the log. A second one with a log of its own would seal intervals that the first one's log never hears of, so it does not start.</remarks>
internal sealed class LogBinding(MoneyDatabase money, TimeProvider time)
{
    /// <summary>Binds a database that is bound to none.</summary>
    /// <exception cref="LogBindingException">It is bound to another log.</exception>
    public async Task BindAsync(ITransparencyLog log, CancellationToken cancellationToken)
    {
        string bound = await money.WriteAsync(
            transaction =>
            {
                transaction.Execute(
                    "INSERT INTO meter_log (id, verifier_key, bound_at) VALUES (1, @key, @at) ON CONFLICT (id) DO NOTHING", new { key = log.VerifierKey, at = StoredTime.Format(time.GetUtcNow()) });
                return transaction.Query<string>("SELECT verifier_key FROM meter_log WHERE id = 1")[0];
            },
            cancellationToken).ConfigureAwait(false);
        if (bound != log.VerifierKey)
        {
            throw new LogBindingException(bound, log.VerifierKey);
        }
    }
}
