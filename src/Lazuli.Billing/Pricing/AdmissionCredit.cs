using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>Keeps the credit that admission counts against equal to the credit that parties hold.</summary>
/// <remarks>Each credit is added once and what of it expired is taken off once, by ids, so repeating is harmless; what admission cannot give back yet, since requests hold it, is taken off the next time.</remarks>
internal static class AdmissionCredit
{
    /// <summary>Adds and takes off what is missing, for parties whose limits ask for prepaid credit.</summary>
    /// <param name="limits">Admission's accounts.</param>
    /// <param name="credits">All credit.</param>
    /// <param name="now">Credit that has not begun is not added yet.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public static async Task SyncAsync(IAccountLimits limits, IReadOnlyList<CreditBalance> credits, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var byHolder = credits.Where(credit => credit.Grant.From <= now).ToLookup(credit => (credit.Grant.Party.Value, (Currency?)credit.Grant.Amount.Currency));
        foreach (AccountStanding account in await limits.ListAsync(cancellationToken).ConfigureAwait(false))
        {
            if (account.Subject.Kind != LimitSubjectKind.Party || account.Limits.PrepaidIn is null)
            {
                continue;
            }

            CreditBalance[] held = [.. byHolder[(account.Subject.Id, account.Limits.PrepaidIn)].Where(credit => account.Limits.PrepaidWith is not { } seller || credit.Grant.Issuer == seller)];
            if (held.Sum(credit => credit.Grant.Amount.Nanos - credit.ExpiredNanos) == account.CreditNanos)
            {
                continue;
            }

            foreach (CreditBalance credit in held)
            {
                await limits.AddCreditAsync(account.Subject, $"credit:{credit.Grant.Id}", credit.Grant.Amount, cancellationToken).ConfigureAwait(false);
                if (credit.ExpiredNanos > 0)
                {
                    await TakeOffAsync(limits, account.Subject, credit, cancellationToken).ConfigureAwait(false);
                }
            }
        }
    }

    private static async Task TakeOffAsync(IAccountLimits limits, LimitSubject subject, CreditBalance credit, CancellationToken cancellationToken)
    {
        try
        {
            await limits.AddCreditAsync(subject, $"credit:{credit.Grant.Id}:expired", new Money(-credit.ExpiredNanos, credit.Grant.Amount.Currency), cancellationToken).ConfigureAwait(false);
        }
        catch (ArgumentException)
        {
            // Running requests hold some of it: the sums still differ, so the next call tries again.
        }
    }
}
