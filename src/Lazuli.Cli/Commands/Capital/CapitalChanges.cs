using System.CommandLine;
using System.Globalization;
using Lazuli.Contracts;
using Lazuli.Gateway;

namespace Lazuli.Cli;

/// <summary><c>lazuli capital commit|condition|draw|spend|return</c>.</summary>
internal static class CapitalChanges
{
    private const long MaxCommitmentBytes = 1 << 20;

    public static IEnumerable<Command> Build(Terminal terminal)
    {
        var file = new Argument<string>("commitment") { Description = "The commitment: a JSON file with id, investor, receiver, kind, currency, capPercent and tranches." };
        var commit = new Command("commit", "Keep an investor's commitment.") { file };
        commit.SetAction((parsed, cancel) => CommitAsync(terminal, parsed.GetValue(file)!, cancel));

        var id = new Argument<string>("id") { Description = "The commitment, as 'capital list' names it." };
        var tranche = new Argument<int>("tranche") { Description = "1, 2, 3 …" };
        var evidence = new Option<string>("--evidence") { Description = "What shows it.", Required = true };
        var condition = new Command("condition", "Say what shows that a tranche's condition is met.") { id, tranche, evidence };
        condition.SetAction((parsed, cancel) => PostAsync(
            terminal, TranchePath(parsed.GetValue(id)!, parsed.GetValue(tranche)) + "/condition", new Because(parsed.GetValue(evidence)!), $"The condition of tranche {parsed.GetValue(tranche)} of {parsed.GetValue(id)} is met.", cancel));

        var amount = new Argument<string>("amount") { Description = "How much, e.g. '250000 EUR'." };
        var reference = new Option<string>("--reference") { Description = "What the bank or the books call it; the same twice is once.", Required = true };
        var draw = new Command("draw", "Draw from a tranche.") { id, tranche, amount, reference };
        draw.SetAction((parsed, cancel) => PostAsync(
            terminal, TranchePath(parsed.GetValue(id)!, parsed.GetValue(tranche)) + "/draws", PaymentOf(parsed.GetValue(amount)!, parsed.GetValue(reference)!), $"{parsed.GetValue(amount)} of {parsed.GetValue(id)} is drawn.", cancel));

        var party = new Option<string>("--party") { Description = "Who spends or returns. Default lab.", DefaultValueFactory = _ => PartyId.Lab.Value };
        var spend = new Command("spend", "Book a cost of compute: from compute credit as far as there is some, else from cash.") { amount, party, reference };
        spend.SetAction((parsed, cancel) => PostAsync(
            terminal, $"capital/{Uri.EscapeDataString(parsed.GetValue(party)!)}/spending", PaymentOf(parsed.GetValue(amount)!, parsed.GetValue(reference)!), $"{parsed.GetValue(party)} spent {parsed.GetValue(amount)} on compute.", cancel));

        var residual = new Option<string>("--residual") { Description = "The nonprofit that owns what is above all caps.", Required = true };
        var back = new Command("return", "Return an amount to investors in proportion to what each gave, each up to its cap, and the rest to the nonprofit.") { amount, party, residual, reference };
        back.SetAction((parsed, cancel) => ReturnAsync(
            terminal, parsed.GetValue(party)!, new CapitalReturn(MoneyOption.Parse("amount", parsed.GetValue(amount)!), new PartyId(parsed.GetValue(residual)!), parsed.GetValue(reference)!), cancel));
        return [commit, condition, draw, spend, back];
    }

    private static string TranchePath(string id, int tranche) => string.Create(CultureInfo.InvariantCulture, $"capital/{Uri.EscapeDataString(id)}/tranches/{tranche}");

    private static Payment PaymentOf(string amount, string reference) => new(MoneyOption.Parse("amount", amount), reference);

    private static async Task<int> CommitAsync(Terminal terminal, string file, CancellationToken cancel)
    {
        CapitalCommitment commitment = await InputFile.ReadJsonAsync<CapitalCommitment>(file, "commitment", MaxCommitmentBytes, cancel).ConfigureAwait(false);
        return await PostAsync(terminal, "capital/", commitment, $"{commitment.Investor}'s commitment {commitment.Id} to {commitment.Receiver} is kept.", cancel).ConfigureAwait(false);
    }

    private static async Task<int> PostAsync(Terminal terminal, string path, object body, string done, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        await link.PostAsync(path, body, cancel).ConfigureAwait(false);
        await terminal.Talk.WriteLineAsync(done).ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static async Task<int> ReturnAsync(Terminal terminal, string payer, CapitalReturn wanted, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        Distribution done = await link.PostAsync<Distribution>($"capital/{Uri.EscapeDataString(payer)}/returns", (object)wanted, cancel).ConfigureAwait(false);
        string Amount(long nanos) => new Money(nanos, wanted.Amount.Currency).ToString();
        terminal.WriteTable(["to", "for", "amount"], [.. done.Parts.Select(part => new[] { part.Investor.Value, part.Commitment, Amount(part.Nanos) }), [wanted.ResidualOwner.Value, "above all caps", Amount(done.ResidualNanos)]]);
        return ExitCode.Done;
    }
}
