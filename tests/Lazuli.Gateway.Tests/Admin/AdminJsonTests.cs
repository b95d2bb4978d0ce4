using System.Text.Json;
using CsCheck;
using Lazuli.Contracts;

namespace Lazuli.Gateway.Tests;

public sealed class AdminJsonTests
{
    [Fact]
    public void Ids_are_plain_strings_and_enumerations_names()
    {
        string json = JsonSerializer.Serialize(new NewParty(new PartyId("acme"), PartyKind.PublicInterest, "Acme", ["assessor"]), AdminJson.Options);
        Assert.Equal("""{"id":"acme","kind":"publicInterest","name":"Acme","classes":["assessor"]}""", json);
        Assert.Equal(new PartyId("acme"), JsonSerializer.Deserialize<NewParty>(json, AdminJson.Options)!.Id);
    }

    [Fact]
    public void Every_amount_survives_the_journey() => Gen.Long.Sample(nanos =>
    {
        var money = new Money(nanos, new Currency("EUR"));
        Assert.Equal(money, JsonSerializer.Deserialize<Money>(JsonSerializer.Serialize(money, AdminJson.Options), AdminJson.Options));
    });

    [Theory]
    [InlineData("""{"amount":12.34,"currency":"EUR"}""")] // a double
    [InlineData("""{"amount":"12.34"}""")]
    [InlineData("""{"amount":"12.34","currency":"eur"}""")]
    [InlineData("""{"amount":"12.34","currency":"EURO"}""")]
    [InlineData("""{"amount":"0.0000000001","currency":"EUR"}""")]
    [InlineData("""{"amount":"1e3","currency":"EUR"}""")]
    [InlineData("""{"amount":"9223372037","currency":"EUR"}""")] // 2^63 nano-units and more
    [InlineData("""{"amount":"79228162514264337593543950335","currency":"EUR"}""")]
    [InlineData("""{"amount":"1","currency":"EUR","more":1}""")]
    [InlineData("""["1","EUR"]""")]
    public void What_is_no_exact_amount_is_refused(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Money>(json, AdminJson.Options));

    [Theory]
    [InlineData("""{"id":"a","kind":"customer","name":"A","clases":["assessor"]}""")] // a slip of the pen must not drop a clause
    [InlineData("""{"id":"a","kind":3,"name":"A"}""")]
    [InlineData("""{"id":"a","kind":"customer","name":"A","name":"B"}""")]
    [InlineData("""{"id":"a","name":"A"}""")] // a kind left out is not the first kind
    [InlineData("""{"id":"a","kind":"customer","name":null}""")]
    [InlineData("""{"id":5,"kind":"customer","name":"A"}""")]
    public void What_is_not_exactly_a_request_is_refused(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<NewParty>(json, AdminJson.Options));

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(-5, "0s")]
    [InlineData(0.0021, "3ms")]
    [InlineData(0.9995, "1000ms")]
    [InlineData(1, "1s")]
    [InlineData(59.2, "1m0s")]
    [InlineData(360, "6m0s")]
    [InlineData(86_399, "23h59m59s")]
    public void Durations_are_written_as_clients_read_them(double seconds, string text) => Assert.Equal(text, DurationText.Of(TimeSpan.FromSeconds(seconds)));
}
