using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Lazuli.Billing;
using Lazuli.Contracts;
using Lazuli.Gateway;
using Lazuli.Licensing;
using Lazuli.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Lazuli.Cli;

/// <summary>A tiny real chain in the quickstart's home: the owner licenses a sample customer in one field, sells to it, and refuses it in another.</summary>
/// <remarks>
/// Everything goes the way that it does for everybody: parties, projects, grant and prices through the admin API, calls through HTTP with keys. The calls are made on a server of
/// their own, which is closed before the quickstart's begins: its end writes the sums that the invoice is drafted from, which otherwise takes until the end of a minute.
/// </remarks>
internal sealed class LicenceSample(Installation installation, ModelHost models, ModelVersion model)
{
    private const string Field = "documentation";
    private const string OtherField = "trading";
    private static readonly TimeSpan s_written = TimeSpan.FromSeconds(2);
    private static readonly Currency s_euro = new("EUR");
    private static readonly PartyId s_customer = new("sample-customer");
    private static readonly ProjectId s_project = new("sample-docs"), s_other = new("sample-trading");

    /// <summary>Sets the chain up where it is not there yet, and makes both calls.</summary>
    public async Task<SampleSession> PlayAsync(string question, CancellationToken cancel)
    {
        var settings = SettingsReader.Read(installation.Home, ServeCommand.Flags("127.0.0.1", port: 0, threads: null));
        WebServer server = await WebServer.StartAsync(installation, settings, models, cancel).ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            try
            {
                AdminLink admin = AdminLink.To(installation.Home);
                await using (admin.ConfigureAwait(false))
                {
                    await SetUpAsync(admin, cancel).ConfigureAwait(false);
                }

                return await CallBothAsync(new Uri(server.Url), question, cancel).ConfigureAwait(false);
            }
            finally
            {
                await server.RunAsync(new CancellationToken(canceled: true)).ConfigureAwait(false); // closes metering, so that all of it is counted
            }
        }
    }

    /// <summary>Drafts the invoice of the running month: what is metered until now. It is final only when the month is over.</summary>
    /// <remarks>
    /// To be asked while nobody serves the home. Invoices count minutes that are over; of the minute that runs, the server that made the calls is the only one that metered, and its end
    /// closed it. So here, and only here, what is written counts a second later: without any metering of its own, which would have to seal by the minute.
    /// </remarks>
    public async Task<Invoice> InvoiceAsync(CancellationToken cancel)
    {
        TimeProvider time = installation.Time;
        TimeSpan inMinute = TimeSpan.FromTicks(time.GetUtcNow().Ticks % TimeSpan.TicksPerMinute);
        if (inMinute < s_written)
        {
            await Task.Delay(s_written - inMinute, time, cancel).ConfigureAwait(false);
        }

        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(SettingsReader.Read(installation.Home).ToConfiguration()).Build());
        services.AddLazuliStorage(options => options.Home = installation.Home.Root).AddLazuliLicensing().AddLazuliBilling();
        services.PostConfigure<AdmissionOptions>(options => options.IntervalSeconds = 1);
        ServiceProvider provider = services.BuildServiceProvider();
        await using (provider.ConfigureAwait(false))
        {
            IReadOnlyList<Party> parties = await provider.GetRequiredService<IPartyStore>().ListAsync(cancel).ConfigureAwait(false);
            PartyId seller = await SellerAsync(cancel).ConfigureAwait(false);
            DateTimeOffset now = time.GetUtcNow();
            var month = new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero);
            var wanted = new InvoiceRequest { Issuer = Named(seller), Customer = Named(s_customer), Currency = s_euro, From = month, Until = month.AddMonths(1), Cutoff = now };
            return await provider.GetRequiredService<IInvoices>().DraftAsync(wanted, cancel).ConfigureAwait(false);

            InvoiceParty Named(PartyId id) => new(id, parties.First(party => party.Id == id).Name, []);
        }
    }

    private async Task SetUpAsync(AdminLink admin, CancellationToken cancel)
    {
        Party[] parties = await admin.GetAsync<Party[]>("parties/", cancel).ConfigureAwait(false);
        if (parties.Any(party => party.Id == s_customer))
        {
            return; // a quickstart before this one made it
        }

        PartyId seller = await SellerAsync(cancel).ConfigureAwait(false);
        await admin.PostAsync("parties/", new NewParty(s_customer, PartyKind.Customer, "A sample customer"), cancel).ConfigureAwait(false);
        OwnershipShare[] whole = [new OwnershipShare(s_customer, OwnershipShare.Whole)];
        await admin.PostAsync("projects/", new NewProject(s_project, "Sample: what is licensed", whole, Field), cancel).ConfigureAwait(false);
        await admin.PostAsync("projects/", new NewProject(s_other, "Sample: what is not", whole, OtherField), cancel).ConfigureAwait(false);
        var terms = new GrantTerms { Models = [model.Name], Assets = AssetClasses.Api, Rights = UseRight.Use, Fields = [Field], From = new DateTimeOffset(installation.Time.GetUtcNow().Date, TimeSpan.Zero) };
        Grant grant = await admin.PostAsync<Grant>("grants/", new NewOffer(seller, s_customer, terms), cancel).ConfigureAwait(false);
        await admin.PostAsync<Grant>($"grants/{grant.Id}/sign", (object?)null, cancel).ConfigureAwait(false);
        string path = $"models/{Uri.EscapeDataString(model.Name)}/stage";
        await admin.PutAsync(path, new StageSet(ModelStage.Assessors), cancel).ConfigureAwait(false);
        await admin.PutAsync(path, new StageSet(ModelStage.PreviewPartners), cancel).ConfigureAwait(false); // the owner's own licensees, nobody else
        const string Plan = """{"plan":"sample","currency":"EUR","rates":[{"model":"*","meter":"input","scheme":"perUnit","price":"2","per":1000},{"model":"*","meter":"output","scheme":"perUnit","price":"6","per":1000}]}""";
        PriceVersion version = await admin.PostAsync<PriceVersion>($"prices/?seller={seller}", Encoding.UTF8.GetBytes(Plan), cancel).ConfigureAwait(false);
        await admin.PostAsync("prices/assignments", new PriceAssignment { PriceVersion = version.Name, Grant = grant.Id, From = installation.Time.GetUtcNow().AddMilliseconds(1) }, cancel).ConfigureAwait(false);
    }

    private async Task<SampleSession> CallBothAsync(Uri server, string question, CancellationToken cancel)
    {
        CreatedApiKey allowed = await installation.Keys.CreateAsync("quickstart sample", s_project.Value, cancel).ConfigureAwait(false);
        CreatedApiKey outside = await installation.Keys.CreateAsync("quickstart sample", s_other.Value, cancel).ConfigureAwait(false);
        try
        {
            using var client = new HttpClient { BaseAddress = server, Timeout = TimeSpan.FromMinutes(1) };
            using HttpResponseMessage answer = await CallAsync(client, allowed.Key, question, cancel).ConfigureAwait(false);
            using JsonDocument answered = await ReadAsync(answer, cancel).ConfigureAwait(false);
            if (!answer.IsSuccessStatusCode)
            {
                throw new CommandException($"a licensed call was answered {(int)answer.StatusCode}: {MessageOf(answered)}");
            }

            string id = answer.Headers.GetValues("x-lazuli-usage-id").Single();
            using var ask = new HttpRequestMessage(HttpMethod.Get, $"/v1/usage/{id}");
            ask.Headers.Authorization = new AuthenticationHeaderValue("Bearer", allowed.Key);
            using HttpResponseMessage told = await client.SendAsync(ask, cancel).ConfigureAwait(false);
            using JsonDocument usage = await ReadAsync(told, cancel).ConfigureAwait(false);
            JsonElement charge = usage.RootElement.GetProperty("charge");
            using HttpResponseMessage refusal = await CallAsync(client, outside.Key, question, cancel).ConfigureAwait(false);
            using JsonDocument refused = await ReadAsync(refusal, cancel).ConfigureAwait(false);
            return refusal.IsSuccessStatusCode
                ? throw new CommandException("a call outside the licence was answered.")
                : new SampleSession(
                    s_customer, id, usage.RootElement.GetProperty("prompt_tokens").GetInt64(), usage.RootElement.GetProperty("completion_tokens").GetInt64(),
                    $"{charge.GetProperty("value").GetString()} {charge.GetProperty("currency").GetString()}", (int)refusal.StatusCode, MessageOf(refused));
        }
        finally
        {
            await installation.Keys.RevokeAsync(allowed.Record.Id, CancellationToken.None).ConfigureAwait(false);
            await installation.Keys.RevokeAsync(outside.Record.Id, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task<HttpResponseMessage> CallAsync(HttpClient client, string key, string question, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions") { Content = JsonContent.Create(new { model = model.Name, prompt = question, max_tokens = 24, temperature = 0 }) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return await client.SendAsync(request, cancel).ConfigureAwait(false);
    }

    private static async Task<JsonDocument> ReadAsync(HttpResponseMessage response, CancellationToken cancel) =>
        await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false), cancellationToken: cancel).ConfigureAwait(false);

    private static string MessageOf(JsonDocument refused) => refused.RootElement.GetProperty("error").GetProperty("message").GetString() ?? "";

    private async Task<PartyId> SellerAsync(CancellationToken cancel) => (await new ModelOwnership(installation).TellAsync(model, cancel).ConfigureAwait(false)).Owners[0].Party;
}
