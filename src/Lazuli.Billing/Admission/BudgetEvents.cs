using System.Globalization;
using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Billing;

/// <summary>Tells that a budget's marks were reached, in the batch's own transaction.</summary>
internal static class BudgetEvents
{
    public const string Reached = "budget.reached";

    /// <summary>One event a mark.</summary>
    public static void Append(DatabaseTransaction transaction, AccountState account, int marks, in AdmissionMoment now)
    {
        for (int bit = 0; bit < 2 * BudgetMarks.Percentages.Length; bit++)
        {
            bool isMonth = bit >= BudgetMarks.MonthShift;
            if ((marks & (1 << bit)) != 0 && (isMonth ? account.Limits.SpendPerMonth : account.Limits.SpendPerDay) is { } limit)
            {
                Append(transaction, account, limit, BudgetMarks.Percentages[bit % BudgetMarks.MonthShift], isMonth, now.Utc);
            }
        }
    }

    private static void Append(DatabaseTransaction transaction, AccountState account, SpendLimit limit, int percent, bool isMonth, DateTimeOffset now)
    {
        long spent = isMonth ? account.SpentMonthNanos : account.SpentDayNanos;
        LimitSubject subject = account.Subject;
        Currency currency = limit.Amount.Currency;
        Outbox.Append(transaction, Reached, now, [Audience(subject)], json =>
        {
            json.WriteStartObject("subject");
            json.WriteString("kind", subject.Kind.ToString().ToLowerInvariant());
            json.WriteString("id", subject.Id);
            json.WriteEndObject();
            json.WriteString("period", isMonth ? "month" : "day");
            json.WriteString("of", now.ToString(isMonth ? "yyyy-MM" : "yyyy-MM-dd", CultureInfo.InvariantCulture));
            json.WriteNumber("percent", percent);
            json.WriteMoney("limit", limit.Amount);
            json.WriteMoney("spent", new Money(spent, currency));
            json.WriteMoney("held", new Money(account.HeldNanos, currency));
            json.WriteBoolean("hard", limit.IsHard);
            json.WriteBoolean("refused", spent < limit.Amount.Nanos && percent == 100);
        });
    }

    private static OutboxAudience Audience(LimitSubject subject) => new(
        subject.Kind switch
        {
            LimitSubjectKind.Key => OutboxAudienceKind.Key,
            LimitSubjectKind.Project => OutboxAudienceKind.Project,
            LimitSubjectKind.Party => OutboxAudienceKind.Party,
            LimitSubjectKind.Grant => OutboxAudienceKind.Grant,
            _ => throw new System.Diagnostics.UnreachableException(),
        },
        subject.Id);
}
