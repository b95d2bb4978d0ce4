using System.Text;
using Lazuli.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Lazuli.Gateway;

/// <summary>Invoices and royalty statements: both ends see them; an invoice is its issuer's to change.</summary>
internal static class InvoiceEndpoints
{
    public static void Map(RouteGroupBuilder admin)
    {
        RouteGroupBuilder invoices = admin.MapGroup("/invoices").WithTags("Invoices");
        invoices.Get("/", ListAsync).Needs(AdminRight.Read).WithName("ListInvoices").WithSummary("Invoices, newest first.");
        invoices.Get("/{id}", async (string id, AdminCall call, IInvoices store, CancellationToken cancel) => TypedResults.Ok(await SeenAsync(id, call, store, cancel).ConfigureAwait(false)))
            .Needs(AdminRight.Read).WithName("FindInvoice").WithSummary("One invoice, by id or number.");
        invoices.Get("/{id}/export", ExportAsync).Needs(AdminRight.Read).WithName("ExportInvoice").WithSummary("One invoice as JSON, CSV, HTML or FOCUS rows.");
        invoices.Get("/{id}/proof", ProveAsync).Needs(AdminRight.Read).WithName("ProveInvoice").WithSummary("A finalised invoice with the log's receipt for its digest.");
        invoices.Post("/", DraftAsync).Needs(AdminRight.ChangeMoney).WithName("DraftInvoice").WithSummary("Gather and rate a period's use, as a draft.");
        invoices.Post("/{id}/finalise", (string id, AdminCall call, IInvoices store, CancellationToken cancel) => ChangeAsync("finalise", id, new { }, call, store, (invoice, change) => store.FinaliseAsync(invoice, change), cancel))
            .Needs(AdminRight.ChangeMoney).WithName("FinaliseInvoice").WithSummary("Number a draft, book it and its royalties, and freeze it.");
        invoices.Post("/{id}/payments", (string id, Payment body, AdminCall call, IInvoices store, CancellationToken cancel) => ChangeAsync("pay", id, body, call, store, (invoice, change) => store.PayAsync(invoice, body.Amount, body.Reference, change), cancel))
            .Needs(AdminRight.ChangeMoney).WithName("PayInvoice").WithSummary("Book a payment; the same reference twice is once.");
        invoices.Post("/{id}/write-off", (string id, Because body, AdminCall call, IInvoices store, CancellationToken cancel) => ChangeAsync("write-off", id, body, call, store, (invoice, change) => store.WriteOffAsync(invoice, body.Reason, change), cancel))
            .Needs(AdminRight.ChangeMoney).WithName("WriteOffInvoice").WithSummary("Give up what is open.");
        invoices.Post("/{id}/void", (string id, Because body, AdminCall call, IInvoices store, CancellationToken cancel) => ChangeAsync("void", id, body, call, store, (invoice, change) => store.VoidAsync(invoice, body.Reason, change), cancel))
            .Needs(AdminRight.ChangeMoney).WithName("VoidInvoice").WithSummary("Take an unpaid invoice back by a credit note, which is answered.");

        RouteGroupBuilder royalties = admin.MapGroup("/royalties").WithTags("Royalties");
        royalties.Get("/", ListStatementsAsync).Needs(AdminRight.Read).WithName("ListRoyaltyStatements").WithSummary("Royalty statements, oldest first.");
        royalties.Get("/{number}/proof", ProveStatementAsync).Needs(AdminRight.Read).WithName("ProveRoyaltyStatement").WithSummary("A royalty statement with the log's receipt for its digest.");
        royalties.Post("/", IssueStatementAsync).Needs(AdminRight.ChangeMoney).WithName("IssueRoyaltyStatement").WithSummary("Issue a statement of the royalties of a period.");
    }

    private static async Task<Ok<Invoice[]>> ListAsync(string? issuer, string? customer, AdminCall call, IInvoices store, CancellationToken cancel)
    {
        IReadOnlyList<Invoice> all = await store.ListAsync(Party(issuer), Party(customer), cancel).ConfigureAwait(false);
        return TypedResults.Ok(all.Where(invoice => Sees(call, invoice)).ToArray());
    }

    private static async Task<Ok<Invoice>> DraftAsync(InvoiceRequest body, AdminCall call, IInvoices store)
    {
        call.Require(body.Issuer.Id);
        return TypedResults.Ok(await call.ChangeAsync("invoice.draft", $"party {body.Customer.Id}", body, change => store.DraftAsync(body, change)).ConfigureAwait(false));
    }

    private static async Task<Ok<Invoice>> ChangeAsync(string step, string id, object asked, AdminCall call, IInvoices store, Func<InvoiceId, CancellationToken, Task<Invoice>> work, CancellationToken cancel)
    {
        Invoice invoice = await SeenAsync(id, call, store, cancel).ConfigureAwait(false);
        call.Require(invoice.Document.Issuer.Id);
        return TypedResults.Ok(await call.ChangeAsync($"invoice.{step}", invoice.Id.Value, asked, change => work(invoice.Id, change)).ConfigureAwait(false));
    }

    private static async Task<ContentHttpResult> ExportAsync(string id, string format, AdminCall call, IInvoices store, CancellationToken cancel)
    {
        Invoice invoice = await SeenAsync(id, call, store, cancel).ConfigureAwait(false);
        InvoiceFormat form = AdminName.Parse<InvoiceFormat>("format", format);
        string type = form switch { InvoiceFormat.Json => "application/json", InvoiceFormat.Html => "text/html", _ => "text/csv" };
        return TypedResults.Text(store.Export(invoice, form), type, Encoding.UTF8);
    }

    private static async Task<Ok<DocumentProof>> ProveAsync(string id, AdminCall call, IInvoices store, IDocumentProofs proofs, CancellationToken cancel)
    {
        Invoice invoice = await SeenAsync(id, call, store, cancel).ConfigureAwait(false);
        return TypedResults.Ok(await proofs.ProveAsync(invoice.Document.Number, cancel).ConfigureAwait(false));
    }

    private static async Task<Ok<DocumentProof>> ProveStatementAsync(string number, AdminCall call, IRoyalties store, IDocumentProofs proofs, CancellationToken cancel)
    {
        IReadOnlyList<RoyaltyStatement> all = await store.ListAsync(null, null, cancel).ConfigureAwait(false);
        return all.Any(statement => statement.Number == number && call.ActsFor(statement.Licensor, statement.Licensee))
            ? TypedResults.Ok(await proofs.ProveAsync(number, cancel).ConfigureAwait(false))
            : throw new AdminRefusedException(StatusCodes.Status404NotFound, AdminRefusals.TitleOf(StatusCodes.Status404NotFound), $"There is no royalty statement '{number}'.");
    }

    private static async Task<Ok<RoyaltyStatement[]>> ListStatementsAsync(string? licensor, string? licensee, AdminCall call, IRoyalties store, CancellationToken cancel)
    {
        IReadOnlyList<RoyaltyStatement> all = await store.ListAsync(Party(licensor), Party(licensee), cancel).ConfigureAwait(false);
        return TypedResults.Ok(all.Where(statement => call.ActsFor(statement.Licensor, statement.Licensee)).ToArray());
    }

    private static async Task<Ok<RoyaltyStatement>> IssueStatementAsync(StatementWanted body, AdminCall call, IRoyalties store)
    {
        call.Require(body.Licensor, body.Licensee);
        return TypedResults.Ok(await call.ChangeAsync(
            "royalty.issue", $"party {body.Licensee}", body,
            change => store.IssueAsync(body.Licensor, body.Licensee, body.Currency, body.From, body.Until, body.Grants ?? [], change)).ConfigureAwait(false));
    }

    // What one may not see is as if it were not there.
    private static async Task<Invoice> SeenAsync(string id, AdminCall call, IInvoices store, CancellationToken cancel) =>
        await store.FindAsync(id, cancel).ConfigureAwait(false) is { } invoice && Sees(call, invoice)
            ? invoice
            : throw new AdminRefusedException(StatusCodes.Status404NotFound, AdminRefusals.TitleOf(StatusCodes.Status404NotFound), $"There is no invoice '{id}'.");

    // A draft is nobody's but its issuer's yet.
    private static bool Sees(AdminCall call, Invoice invoice) =>
        call.ActsFor(invoice.Document.Issuer.Id) || (invoice.State != InvoiceState.Draft && call.ActsFor(invoice.Document.Customer.Id));

    private static PartyId? Party(string? id) => id is null ? null : new PartyId(id);
}
