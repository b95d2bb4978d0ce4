using System.Text;
using Lazuli.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Lazuli.Gateway;

/// <summary>Invoices and royalty statements.</summary>
internal static class InvoiceEndpoints
{
    public static void Map(RouteGroupBuilder admin)
    {
        RouteGroupBuilder invoices = admin.MapGroup("/invoices").WithTags("Invoices");
        invoices.MapGet("/", async (string? issuer, string? customer, IInvoices store, CancellationToken cancel) => TypedResults.Ok(await store.ListAsync(Party(issuer), Party(customer), cancel).ConfigureAwait(false)))
            .WithName("ListInvoices").WithSummary("Invoices, newest first.");
        invoices.MapGet("/{id}", async (string id, IInvoices store, CancellationToken cancel) => AdminAnswer.OrNotFound(await store.FindAsync(id, cancel).ConfigureAwait(false), $"There is no invoice '{id}'."))
            .WithName("FindInvoice").WithSummary("One invoice, by id or number.");
        invoices.MapGet("/{id}/export", ExportAsync).WithName("ExportInvoice").WithSummary("One invoice as JSON, CSV, HTML or FOCUS rows.");
        invoices.MapPost("/", async (InvoiceRequest body, IInvoices store, CancellationToken cancel) => TypedResults.Ok(await store.DraftAsync(body, cancel).ConfigureAwait(false)))
            .WithName("DraftInvoice").WithSummary("Gather and rate a period's use, as a draft.");
        invoices.MapPost("/{id}/finalise", async (string id, IInvoices store, CancellationToken cancel) => TypedResults.Ok(await store.FinaliseAsync(new InvoiceId(id), cancel).ConfigureAwait(false)))
            .WithName("FinaliseInvoice").WithSummary("Number a draft, book it and its royalties, and freeze it.");
        invoices.MapPost("/{id}/payments", async (string id, Payment body, IInvoices store, CancellationToken cancel) => TypedResults.Ok(await store.PayAsync(new InvoiceId(id), body.Amount, body.Reference, cancel).ConfigureAwait(false)))
            .WithName("PayInvoice").WithSummary("Book a payment; the same reference twice is once.");
        invoices.MapPost("/{id}/write-off", async (string id, Because body, IInvoices store, CancellationToken cancel) => TypedResults.Ok(await store.WriteOffAsync(new InvoiceId(id), body.Reason, cancel).ConfigureAwait(false)))
            .WithName("WriteOffInvoice").WithSummary("Give up what is open.");
        invoices.MapPost("/{id}/void", async (string id, Because body, IInvoices store, CancellationToken cancel) => TypedResults.Ok(await store.VoidAsync(new InvoiceId(id), body.Reason, cancel).ConfigureAwait(false)))
            .WithName("VoidInvoice").WithSummary("Take an unpaid invoice back by a credit note, which is answered.");

        RouteGroupBuilder royalties = admin.MapGroup("/royalties").WithTags("Royalties");
        royalties.MapGet("/", async (string? licensor, string? licensee, IRoyalties store, CancellationToken cancel) => TypedResults.Ok(await store.ListAsync(Party(licensor), Party(licensee), cancel).ConfigureAwait(false)))
            .WithName("ListRoyaltyStatements").WithSummary("Royalty statements, oldest first.");
        royalties.MapPost("/", async (StatementWanted body, IRoyalties store, CancellationToken cancel) =>
                TypedResults.Ok(await store.IssueAsync(body.Licensor, body.Licensee, body.Currency, body.From, body.Until, body.Grants ?? [], cancel).ConfigureAwait(false)))
            .WithName("IssueRoyaltyStatement").WithSummary("Issue a statement of the royalties of a period.");
    }

    private static async Task<ContentHttpResult> ExportAsync(string id, string format, IInvoices store, CancellationToken cancel)
    {
        Invoice invoice = await store.FindAsync(id, cancel).ConfigureAwait(false)
            ?? throw new AdminRefusedException(StatusCodes.Status404NotFound, AdminRefusals.TitleOf(StatusCodes.Status404NotFound), $"There is no invoice '{id}'.");
        InvoiceFormat form = AdminName.Parse<InvoiceFormat>("format", format);
        string type = form switch { InvoiceFormat.Json => "application/json", InvoiceFormat.Html => "text/html", _ => "text/csv" };
        return TypedResults.Text(store.Export(invoice, form), type, Encoding.UTF8);
    }

    private static PartyId? Party(string? id) => id is null ? null : new PartyId(id);
}
