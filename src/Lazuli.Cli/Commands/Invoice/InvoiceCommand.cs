using System.CommandLine;
using System.Globalization;
using Lazuli.Contracts;
using Lazuli.Gateway;

namespace Lazuli.Cli;

/// <summary><c>lazuli invoice draft|finalise|pay|write-off|void|list|export|royalty|royalties|prove|verify</c>.</summary>
internal static class InvoiceCommand
{
    public static Command Build(Terminal terminal)
    {
        Option<bool> json = CommandTree.JsonOption();
        var issuer = new Option<string>("--issuer") { Description = "Who sells.", Required = true };
        var customer = new Option<string>("--customer") { Description = "Who pays.", Required = true };
        var currency = new Option<string>("--currency") { Description = "Three capital letters.", Required = true };
        var from = new Option<DateTimeOffset>("--from") { Description = "First instant of the period, e.g. 2026-11-01T00:00:00Z.", Required = true };
        var until = new Option<DateTimeOffset>("--until") { Description = "First instant after it.", Required = true };
        var tax = new Option<string[]>("--tax") { Description = "A tax, NAME=PERCENT; may be repeated.", DefaultValueFactory = _ => [] };
        var days = new Option<int>("--payment-days") { Description = "Days from issue to the due date. Default 30.", DefaultValueFactory = _ => 30 };
        var cutoff = new Option<DateTimeOffset?>("--cutoff") { Description = "Use recorded before it counts. Default: the last whole minute." };
        var draft = new Command("draft", "Gather and rate a period's use, as a draft; prints its id.") { issuer, customer, currency, from, until, cutoff, tax, days };
        draft.SetAction((parsed, cancel) => DraftAsync(
            terminal,
            parsed.GetValue(issuer)!,
            parsed.GetValue(customer)!,
            new Currency(parsed.GetValue(currency)!),
            (parsed.GetValue(from), parsed.GetValue(until), parsed.GetValue(cutoff)),
            [.. parsed.GetValue(tax)!.Select(Tax)],
            parsed.GetValue(days),
            cancel));

        var id = new Argument<string>("invoice") { Description = "Id of the invoice, as listed." };
        var finalise = new Command("finalise", "Number a draft, book it and its royalties, and freeze it.") { id };
        finalise.SetAction((parsed, cancel) => ChangeAsync(terminal, parsed.GetValue(id)!, "finalise", body: null, cancel));
        var amount = new Argument<string>("amount") { Description = "How much, e.g. '12.34 EUR'." };
        var reference = new Option<string>("--reference") { Description = "What the bank calls it; the same twice is once.", Required = true };
        var pay = new Command("pay", "Book a payment.") { id, amount, reference };
        pay.SetAction((parsed, cancel) => ChangeAsync(terminal, parsed.GetValue(id)!, "payments", new Payment(MoneyOption.Parse("The amount", parsed.GetValue(amount)!), parsed.GetValue(reference)!), cancel));
        var reason = new Option<string>("--reason") { Description = "Why.", Required = true };
        var writeOff = new Command("write-off", "Give up what is open.") { id, reason };
        writeOff.SetAction((parsed, cancel) => ChangeAsync(terminal, parsed.GetValue(id)!, "write-off", new Because(parsed.GetValue(reason)!), cancel));
        var voids = new Command("void", "Take an unpaid invoice back by a credit note.") { id, reason };
        voids.SetAction((parsed, cancel) => ChangeAsync(terminal, parsed.GetValue(id)!, "void", new Because(parsed.GetValue(reason)!), cancel));

        var list = new Command("list", "List invoices, newest first.") { json };
        list.SetAction((parsed, cancel) => ListAsync(terminal, parsed.GetValue(json), cancel));
        Option<InvoiceFormat> format = Words.Option<InvoiceFormat>("--format", InvoiceFormat.Html);
        format.Description = "json, csv, html or focus. Default html.";
        var export = new Command("export", "Print an invoice in a form.") { id, format };
        export.SetAction((parsed, cancel) => ExportAsync(terminal, parsed.GetValue(id)!, parsed.GetValue(format), cancel));

        var licensor = new Option<string>("--licensor") { Description = "Who is paid.", Required = true };
        var licensee = new Option<string>("--licensee") { Description = "Who pays.", Required = true };
        var royalty = new Command("royalty", "Issue the royalty statement of a period.") { licensor, licensee, currency, from, until, json };
        royalty.SetAction((parsed, cancel) => RoyaltyAsync(
            terminal,
            new StatementWanted(new PartyId(parsed.GetValue(licensor)!), new PartyId(parsed.GetValue(licensee)!), new Currency(parsed.GetValue(currency)!), parsed.GetValue(from), parsed.GetValue(until)),
            parsed.GetValue(json),
            cancel));
        var royalties = new Command("royalties", "List royalty statements, oldest first.") { json };
        royalties.SetAction((parsed, cancel) => RoyaltiesAsync(terminal, parsed.GetValue(json), cancel));
        return CommandTree.Noun("invoice", "Invoices and royalty statements.", draft, finalise, pay, writeOff, voids, list, export, royalty, royalties,
            InvoiceProofCommands.BuildProve(terminal), InvoiceProofCommands.BuildVerify(terminal));
    }

    private static async Task<int> DraftAsync(Terminal terminal, string issuer, string customer, Currency currency, (DateTimeOffset From, DateTimeOffset Until, DateTimeOffset? Cutoff) period, InvoiceTax[] taxes, int days, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        Party[] parties = await link.GetAsync<Party[]>("parties/", cancel).ConfigureAwait(false);
        var wanted = new InvoiceRequest { Issuer = Named(parties, issuer), Customer = Named(parties, customer), Currency = currency, From = period.From, Until = period.Until, Cutoff = period.Cutoff, Taxes = taxes, PaymentDays = days };
        Invoice invoice = await link.PostAsync<Invoice>("invoices/", wanted, cancel).ConfigureAwait(false);
        await terminal.Data.WriteLineAsync(invoice.Id.Value).ConfigureAwait(false);
        await terminal.Talk.WriteLineAsync($"A draft over {invoice.Document.TotalOf()}, {invoice.Document.Lines.Count} lines. It is final with: lazuli invoice finalise {invoice.Id}").ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static InvoiceParty Named(Party[] parties, string id)
    {
        Party party = parties.FirstOrDefault(p => p.Id.Value == id) ?? throw new CommandException($"There is no party '{id}'; 'lazuli party list' shows them.", ExitCode.Usage);
        return new InvoiceParty(party.Id, party.Name, []);
    }

    private static async Task<int> ChangeAsync(Terminal terminal, string id, string step, object? body, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        Invoice invoice = await link.PostAsync<Invoice>($"invoices/{Uri.EscapeDataString(id)}/{step}", body, cancel).ConfigureAwait(false);
        string number = invoice.Document.Number.Length > 0 ? invoice.Document.Number : invoice.Id.Value;
        await terminal.Talk.WriteLineAsync($"{number} over {invoice.Document.TotalOf()} is {invoice.State.ToString().ToLowerInvariant()}; {new Money(invoice.OpenNanos, invoice.Document.Currency)} open.").ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static async Task<int> ListAsync(Terminal terminal, bool json, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        Invoice[] invoices = await link.GetAsync<Invoice[]>("invoices/", cancel).ConfigureAwait(false);
        if (json)
        {
            terminal.WriteAdminJson(invoices);
        }
        else
        {
            terminal.WriteTable(
                ["id", "number", "from", "to", "period", "total", "open", "state"],
                invoices.Select(i => new[]
                {
                    i.Id.Value, i.Document.Number.Length > 0 ? i.Document.Number : "-", i.Document.Issuer.Id.Value, i.Document.Customer.Id.Value,
                    string.Create(CultureInfo.InvariantCulture, $"{i.Document.From:yyyy-MM-dd} to {i.Document.Until:yyyy-MM-dd}"), i.Document.TotalOf().ToString(), new Money(i.OpenNanos, i.Document.Currency).ToString(), i.State.ToString(),
                }));
        }

        return ExitCode.Done;
    }

    private static async Task<int> ExportAsync(Terminal terminal, string id, InvoiceFormat format, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        byte[] text = await link.ReadAsync($"invoices/{Uri.EscapeDataString(id)}/export?format={format}", cancel).ConfigureAwait(false);
        await terminal.Data.WriteAsync(System.Text.Encoding.UTF8.GetString(text)).ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static async Task<int> RoyaltyAsync(Terminal terminal, StatementWanted wanted, bool json, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        RoyaltyStatement statement = await link.PostAsync<RoyaltyStatement>("royalties/", wanted, cancel).ConfigureAwait(false);
        if (json)
        {
            terminal.WriteAdminJson(statement);
        }
        else
        {
            WriteTable(terminal, [statement]);
        }

        return ExitCode.Done;
    }

    private static async Task<int> RoyaltiesAsync(Terminal terminal, bool json, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        RoyaltyStatement[] statements = await link.GetAsync<RoyaltyStatement[]>("royalties/", cancel).ConfigureAwait(false);
        if (json)
        {
            terminal.WriteAdminJson(statements);
        }
        else
        {
            WriteTable(terminal, statements);
        }

        return ExitCode.Done;
    }

    private static void WriteTable(Terminal terminal, RoyaltyStatement[] statements) => terminal.WriteTable(
        ["number", "licensor", "licensee", "period", "lines", "total"],
        statements.Select(s => new[]
        {
            s.Number, s.Licensor.Value, s.Licensee.Value, string.Create(CultureInfo.InvariantCulture, $"{s.From:yyyy-MM-dd} to {s.Until:yyyy-MM-dd}"), s.Lines.Count.ToString(CultureInfo.InvariantCulture),
            new Money(s.TotalNanos, s.Currency).ToString(),
        }));

    private static InvoiceTax Tax(string text)
    {
        int sign = text.LastIndexOf('=');
        return sign > 0 && decimal.TryParse(text[(sign + 1)..], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal percent) && percent is >= 0 and <= 100 && percent * 100 == decimal.Truncate(percent * 100)
            ? new InvoiceTax(text[..sign], (int)(percent * 100))
            : throw new CommandException($"--tax is '{text}'; write NAME=PERCENT with at most two decimals, such as 'VAT=19'.", ExitCode.Usage);
    }
}
