using System.CommandLine;
using System.Globalization;
using Lazuli.Contracts;
using Lazuli.Gateway;

namespace Lazuli.Cli;

/// <summary><c>lazuli limit set|list|credit</c>.</summary>
internal static class LimitCommand
{
    public static Command Build(Terminal terminal)
    {
        var subject = new Argument<string>("subject") { Description = "key:ID, project:ID, party:ID or grant:ID." };
        var requestsPerMinute = new Option<long?>("--requests-per-minute");
        var tokensPerMinute = new Option<long?>("--tokens-per-minute") { Description = "Prompt and generated tokens." };
        var requestsPerDay = new Option<long?>("--requests-per-day");
        var tokensPerDay = new Option<long?>("--tokens-per-day");
        var concurrency = new Option<long?>("--concurrency") { Description = "Most requests at once." };
        var perDay = new Option<string?>("--spend-per-day") { Description = "A budget, e.g. '5.00 EUR'." };
        var perMonth = new Option<string?>("--spend-per-month") { Description = "A budget, e.g. '100.00 EUR'." };
        var soft = new Option<bool>("--soft") { Description = "Only report budgets that are passed; without it they refuse, and end a running answer." };
        var prepaid = new Option<string?>("--prepaid") { Description = "Ask for prepaid credit in this currency." };
        var prepaidWith = new Option<string?>("--prepaid-with") { Description = "The seller whose credit that is; without it every seller's credit counts." };
        var set = new Command("set", "Set limits in place of those before; what is not named is without limit.")
        {
            subject, requestsPerMinute, tokensPerMinute, requestsPerDay, tokensPerDay, concurrency, perDay, perMonth, soft, prepaid, prepaidWith,
        };
        set.SetAction((parsed, cancel) => SetAsync(
            terminal,
            parsed.GetValue(subject)!,
            new AccountLimits
            {
                RequestsPerMinute = parsed.GetValue(requestsPerMinute),
                TokensPerMinute = parsed.GetValue(tokensPerMinute),
                RequestsPerDay = parsed.GetValue(requestsPerDay),
                TokensPerDay = parsed.GetValue(tokensPerDay),
                Concurrency = parsed.GetValue(concurrency),
                SpendPerDay = Budget("--spend-per-day", parsed.GetValue(perDay), parsed.GetValue(soft)),
                SpendPerMonth = Budget("--spend-per-month", parsed.GetValue(perMonth), parsed.GetValue(soft)),
                PrepaidIn = parsed.GetValue(prepaid) is { } code ? new Currency(code) : null,
                PrepaidWith = parsed.GetValue(prepaidWith) is { } seller ? new PartyId(seller) : null,
            },
            cancel));

        Option<bool> json = CommandTree.JsonOption();
        var list = new Command("list", "List limits and how they stand.") { json };
        list.SetAction((parsed, cancel) => ListAsync(terminal, parsed.GetValue(json), cancel));

        var amount = new Argument<string>("amount") { Description = "How much, e.g. '20.00 EUR'; negative takes some away." };
        var id = new Option<string?>("--id") { Description = "Makes asking twice the same as asking once. Default: a new one." };
        var credit = new Command("credit", "Add prepaid credit.") { subject, amount, id };
        credit.SetAction((parsed, cancel) => CreditAsync(terminal, parsed.GetValue(subject)!, parsed.GetValue(amount)!, parsed.GetValue(id), cancel));
        return CommandTree.Noun("limit", "Limits, budgets and prepaid credit of keys, projects, parties and grants.", set, list, credit);
    }

    private static async Task<int> SetAsync(Terminal terminal, string subject, AccountLimits limits, CancellationToken cancel)
    {
        string path = PathOf(subject);
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        await link.PutAsync(path, limits, cancel).ConfigureAwait(false);
        await terminal.Talk.WriteLineAsync($"Limits of {subject} are set.").ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static async Task<int> ListAsync(Terminal terminal, bool json, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        AccountStanding[] accounts = await link.GetAsync<AccountStanding[]>("limits/", cancel).ConfigureAwait(false);
        if (json)
        {
            terminal.WriteAdminJson(accounts);
        }
        else
        {
            terminal.WriteTable(["subject", "limits", "running", "held", "spent today", "spent this month", "credit left"], accounts.Select(Row));
        }

        return ExitCode.Done;
    }

    private static string[] Row(AccountStanding account)
    {
        AccountLimits l = account.Limits;
        string[] limits =
        [
            .. Limit("requests/min", l.RequestsPerMinute), .. Limit("tokens/min", l.TokensPerMinute), .. Limit("requests/day", l.RequestsPerDay), .. Limit("tokens/day", l.TokensPerDay), .. Limit("at once", l.Concurrency),
            .. Spend("a day", l.SpendPerDay), .. Spend("a month", l.SpendPerMonth),
        ];
        string Amount(long nanos) => account.Currency is { } currency ? new Money(nanos, currency).ToString() : "-";
        return
        [
            account.Subject.ToString(), limits.Length > 0 ? string.Join(", ", limits) : "-", account.Running.ToString(CultureInfo.InvariantCulture), Amount(account.HeldNanos), Amount(account.SpentTodayNanos),
            Amount(account.SpentThisMonthNanos), l.PrepaidIn is null ? "-" : Amount(account.CreditNanos - account.CreditSpentNanos),
        ];
    }

    private static IEnumerable<string> Limit(string what, long? value) => value is { } number ? [string.Create(CultureInfo.InvariantCulture, $"{number} {what}")] : [];

    private static IEnumerable<string> Spend(string what, SpendLimit? limit) => limit is null ? [] : [$"{limit.Amount} {what}{(limit.IsHard ? "" : " (soft)")}"];

    private static async Task<int> CreditAsync(Terminal terminal, string subject, string amount, string? id, CancellationToken cancel)
    {
        string path = PathOf(subject);
        Money money = MoneyOption.Parse("The amount", amount);
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        await link.PostAsync($"{path}/credit", new CreditAdded(id ?? Guid.CreateVersion7().ToString(), money), cancel).ConfigureAwait(false);
        await terminal.Talk.WriteLineAsync($"{money} of credit for {subject}.").ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static SpendLimit? Budget(string option, string? text, bool isSoft) => text is null ? null : new SpendLimit(MoneyOption.Parse(option, text), !isSoft);

    private static string PathOf(string subject)
    {
        int colon = subject.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && colon < subject.Length - 1 && subject[..colon] is "key" or "project" or "party" or "grant"
            ? $"limits/{subject[..colon]}/{Uri.EscapeDataString(subject[(colon + 1)..])}"
            : throw new CommandException($"'{subject}' names nobody to limit; write key:ID, project:ID, party:ID or grant:ID.", ExitCode.Usage);
    }
}
