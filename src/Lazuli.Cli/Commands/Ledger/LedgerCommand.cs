using System.CommandLine;
using System.Globalization;
using Lazuli.Contracts;

namespace Lazuli.Cli;

/// <summary><c>lazuli ledger balances|transfers|verify</c>.</summary>
internal static class LedgerCommand
{
    public static Command Build(Terminal terminal)
    {
        Option<bool> json = CommandTree.JsonOption();
        var prefix = new Option<string>("--account") { Description = "Only accounts whose name begins so, e.g. customer:acme.", DefaultValueFactory = _ => "" };
        var balances = new Command("balances", "What stands on the accounts.") { prefix, json };
        balances.SetAction((parsed, cancel) => BalancesAsync(terminal, parsed.GetValue(prefix)!, parsed.GetValue(json), cancel));

        var account = new Argument<string>("account") { Description = "Name of the account, as 'ledger balances' shows it." };
        var limit = new Option<int>("--limit") { Description = "At most so many. Default 100.", DefaultValueFactory = _ => 100 };
        var transfers = new Command("transfers", "The transfers of an account, newest first.") { account, limit, json };
        transfers.SetAction((parsed, cancel) => TransfersAsync(terminal, parsed.GetValue(account)!, parsed.GetValue(limit), parsed.GetValue(json), cancel));

        var verify = new Command("verify", "Rebuild every balance from the transfers, and name the first difference.") { json };
        verify.SetAction((parsed, cancel) => VerifyAsync(terminal, parsed.GetValue(json), cancel));
        return CommandTree.Noun("ledger", "The double-entry ledger.", balances, transfers, verify);
    }

    private static async Task<int> BalancesAsync(Terminal terminal, string prefix, bool json, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        LedgerBalance[] balances = await link.GetAsync<LedgerBalance[]>($"ledger/balances?prefix={Uri.EscapeDataString(prefix)}", cancel).ConfigureAwait(false);
        if (json)
        {
            terminal.WriteAdminJson(balances);
        }
        else
        {
            terminal.WriteTable(
                ["account", "kind", "debits", "credits", "balance", "transfers"],
                balances.Select(b => new[] { b.Account, b.Kind, b.Debits.ToString(), b.Credits.ToString(), b.Balance.ToString(), b.Transfers.ToString(CultureInfo.InvariantCulture) }));
        }

        return ExitCode.Done;
    }

    private static async Task<int> TransfersAsync(Terminal terminal, string account, int limit, bool json, CancellationToken cancel)
    {
        if (limit is < 1 or > 1000)
        {
            throw new CommandException($"--limit is {limit}; it must be from 1 to 1000.", ExitCode.Usage);
        }

        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        LedgerTransfer[] transfers = await link.GetAsync<LedgerTransfer[]>(string.Create(CultureInfo.InvariantCulture, $"ledger/transfers?account={Uri.EscapeDataString(account)}&limit={limit}"), cancel).ConfigureAwait(false);
        if (json)
        {
            terminal.WriteAdminJson(transfers);
        }
        else
        {
            terminal.WriteTable(
                ["id", "at", "from", "to", "amount", "kind", "about"],
                transfers.Select(t => new[] { t.Id.ToString(CultureInfo.InvariantCulture), t.At.ToString("u", CultureInfo.InvariantCulture), t.Debit, t.Credit, t.Amount.ToString(), t.Kind, t.Reference }));
        }

        return ExitCode.Done;
    }

    private static async Task<int> VerifyAsync(Terminal terminal, bool json, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        LedgerVerdict verdict = await link.PostAsync<LedgerVerdict>("ledger/verify", (object?)null, cancel).ConfigureAwait(false);
        if (json)
        {
            terminal.WriteAdminJson(verdict);
        }
        else if (verdict.Holds)
        {
            await terminal.Data.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"The ledger holds: {verdict.Transfers:N0} transfers rebuild the balances of {verdict.Accounts:N0} accounts.")).ConfigureAwait(false);
        }
        else
        {
            await terminal.Data.WriteLineAsync($"The ledger does not hold. {verdict.FirstDifference}").ConfigureAwait(false);
        }

        return verdict.Holds ? ExitCode.Done : ExitCode.Failed;
    }
}
