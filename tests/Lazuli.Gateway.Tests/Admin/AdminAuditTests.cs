using System.Net;
using System.Text.Json;
using Lazuli.Contracts;
using Microsoft.Extensions.DependencyInjection;
using static Lazuli.Gateway.Tests.Partnership;

namespace Lazuli.Gateway.Tests;

public sealed class AdminAuditTests
{
    [Fact]
    public async Task A_change_of_money_is_entered_before_it_is_made_with_what_was_asked()
    {
        await using Partnership world = await StartAsync();
        using HttpResponseMessage paid = await world.Server.SendAsync(Seller, PersonRoles.Finance, HttpMethod.Post, "invoices/invoice-1/payments", new Payment(new Money(5, new Currency("EUR")), "bank-7"));
        Assert.Equal(HttpStatusCode.OK, paid.StatusCode);
        AuditEntry entry = (await world.Server.Get<IAuditLog>().ListAsync(null, "invoice-1", null, 10, default)).Single();
        Assert.Equal(("invoice.pay", new PartyId(Seller)), (entry.Action, entry.Party!.Value));
        using JsonDocument asked = JsonDocument.Parse(entry.Asked!);
        Assert.Equal("bank-7", asked.RootElement.GetProperty("reference").GetString());
        Assert.Null(await world.Server.Get<IAuditLog>().VerifyAsync(default));
    }

    [Fact]
    public async Task What_the_books_refuse_is_entered_as_refused_and_what_the_role_refuses_is_not_entered()
    {
        await using Partnership world = await StartAsync();
        using HttpResponseMessage nothing = await world.Server.SendAsync(Seller, PersonRoles.Finance, HttpMethod.Post, "invoices/invoice-1/payments", new Payment(new Money(0, new Currency("EUR")), "bank-8"));
        Assert.Equal(HttpStatusCode.Conflict, nothing.StatusCode);
        using HttpResponseMessage role = await world.Server.SendAsync(Seller, PersonRoles.Viewer, HttpMethod.Post, "invoices/invoice-1/payments", new Payment(new Money(1, new Currency("EUR")), "bank-9"));
        Assert.Equal(HttpStatusCode.Forbidden, role.StatusCode);
        IReadOnlyList<AuditEntry> entries = await world.Server.Get<IAuditLog>().ListAsync(null, "invoice-1", null, 10, default);
        Assert.Equal(["invoice.pay.refused", "invoice.pay"], entries.Select(entry => entry.Action));
        Assert.Equal("Nothing is nothing.", entries[0].Reason);
        Assert.Empty(world.Documents.Changes);
    }

    [Fact]
    public async Task Without_its_entry_no_money_moves()
    {
        var documents = new SetDocuments();
        documents.Add(Lab, Buyer, InvoiceState.Finalised);
        await using AdminServer server = await AdminServer.StartAsync(services: services => services.AddSingleton<IInvoices>(documents).AddSingleton<IAuditLog>(new BrokenAudit()));
        using HttpResponseMessage response = await server.SendLocallyAsync(HttpMethod.Post, "invoices/invoice-0/payments", new Payment(new Money(5, new Currency("EUR")), "bank-7"));
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.DoesNotContain("disk is gone", await AdminServer.DetailAsync(response), StringComparison.Ordinal);
        Assert.Empty(documents.Changes);
    }

    [Fact]
    public async Task What_is_long_is_entered_by_its_digest()
    {
        await using Partnership world = await StartAsync();
        InvoiceRequest request = Request(Seller, Buyer);
        using HttpResponseMessage drafted = await world.Server.SendAsync(Seller, PersonRoles.Finance, HttpMethod.Post, "invoices/", request with { Issuer = request.Issuer with { Address = [new string('x', 5_000)] } });
        Assert.Equal(HttpStatusCode.OK, drafted.StatusCode);
        AuditEntry entry = (await world.Server.Get<IAuditLog>().ListAsync(null, "party buyer", null, 10, default)).Single();
        Assert.Matches("""^\{"sha256":"[0-9a-f]{64}"\}$""", entry.Asked);
    }

    private sealed class BrokenAudit : IAuditLog
    {
        public Task AppendAsync(Actor actor, string action, string subject, string? asked, string? reason, CancellationToken cancellationToken) => throw new IOException("The disk is gone.");

        public Task<IReadOnlyList<AuditEntry>> ListAsync(long? before, string? subject, PartyId? party, int limit, CancellationToken cancellationToken) => throw new IOException("The disk is gone.");

        public Task<long?> VerifyAsync(CancellationToken cancellationToken) => throw new IOException("The disk is gone.");
    }
}
