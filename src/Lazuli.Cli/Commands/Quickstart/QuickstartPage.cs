using System.Globalization;
using Lazuli.Compute;
using Lazuli.Contracts;

namespace Lazuli.Cli;

/// <summary>The quickstart's last page: figures with units, how to call the model, how to stop, restart and remove.</summary>
internal sealed class QuickstartPage(Terminal terminal, Installation installation, ModelVersion model, QuickstartReport report)
{
    /// <summary>A question that the model is asked in examples.</summary>
    public string Question => report.Examples.Count > 0 ? report.Examples[0].Question : "What does System.String.Trim do?";

    public void Print(string? url, string? key, SampleSession? sample, Invoice? invoice)
    {
        Line($"\n== {model.Name}@{model.Digest.Short} ==");
        if (report.Answerers.Count > 0)
        {
            PrintFigures();
        }

        if (url is not null)
        {
            PrintCalls(url, key);
        }

        if (sample is not null)
        {
            PrintSample(sample, invoice);
        }

        Line("\nStop:     Ctrl-C (running answers end first)");
        Line("Restart:  ./lazuli quickstart        (seconds; --again trains anew)");
        Line($"Remove:   rm -r {installation.Home.Root}");
        Line($"Export:   ./lazuli model export {model.Name} --format gguf --output {model.Name}.gguf   (or --format hf)");
        terminal.Data.Flush();
    }

    private void PrintFigures()
    {
        Line($"{report.Parameters:N0} parameters, trained on {report.Tokens:N0} tokens in {report.Steps:N0} steps, {report.TrainingSeconds:F0} s of training, {report.Seconds:F0} s in all.");
        Line($"{report.Flop:0.00e+0} FLOP by operation count ({report.FlopConvention}) = {report.PetaflopDays:0.00e+0} petaflop/s-days (1 = 8.64e19 FLOP).");
        if (report.FlopByTime is { } byTime)
        {
            Line($"{byTime:0.00e+0} FLOP by time (seconds × measured peak × {report.AssumedUtilisation:F2} assumed utilisation).");
        }

        if (report.Flop > 0)
        {
            string sentence = ComputeTrend.Compare(report.Flop).Sentence;
            Line(char.ToUpperInvariant(sentence[0]) + sentence[1..] + ".");
        }

        if (report.ChartFile is { } chart)
        {
            Line($"Chart:    {chart}");
        }

        Line($"{report.EnergyJoules / 3600:F2} Wh ({report.EnergySource}).\n");
        if (report.Questions > 0)
        {
            Line($"{report.Questions} questions about held-out members (their types were never seen in training):\n");
        }

        terminal.WriteTable(
            ["who answers", "loss, nats/token", "bits/byte", "chrF (0-100)"],
            report.Answerers.Select(a => new[] { a.Name, Figure(a.LossNatsPerToken, "F3"), Figure(a.BitsPerByte, "F3"), Figure(a.ChrF, "F1") }));
        PrintVerdict();
        foreach (AnsweredQuestion example in report.Examples)
        {
            Line($"\n  {example.Question}\n    model: {example.Answer}\n    truth: {example.Truth}");
        }
    }

    private void PrintVerdict()
    {
        if (report.Answerers.Count < 2)
        {
            return;
        }

        JudgedAnswerer own = report.Answerers[0];
        string[] beaten = [.. report.Answerers.Skip(1).Where(a => own.ChrF > a.ChrF).Select(a => a.Name)];
        string[] others = [.. report.Answerers.Skip(1).Where(a => own.ChrF <= a.ChrF).Select(a => a.Name)];
        Line($"\nBy chrF this model beats: {(beaten.Length > 0 ? string.Join(", ", beaten) : "none of the baselines")}.{(others.Length > 0 ? $" It does not beat: {string.Join(", ", others)}." : string.Empty)}");
    }

    private void PrintCalls(string url, string? key)
    {
        string shown = key ?? "$LAZULI_API_KEY";
        string question = Question;
        Line($"\nServing on {url}/v1   key: {key ?? "the one shown when it was made; './lazuli key create NAME' makes another"}\n");
        Line($"curl {url}/v1/chat/completions -H \"Authorization: Bearer {shown}\" -H \"Content-Type: application/json\" \\\n  -d '{{\"model\":\"{model.Name}\",\"temperature\":0,\"messages\":[{{\"role\":\"user\",\"content\":\"{question}\"}}]}}'\n");
        Line("With the OpenAI SDK (Python):\n");
        Line($"  from openai import OpenAI\n  client = OpenAI(base_url=\"{url}/v1\", api_key=\"{shown}\")\n  print(client.chat.completions.create(model=\"{model.Name}\", temperature=0,\n      messages=[{{\"role\": \"user\", \"content\": \"{question}\"}}]).choices[0].message.content)");
    }

    private void PrintSample(SampleSession sample, Invoice? invoice)
    {
        Line($"\nLicences and money, made in this home and asked for real ('./lazuli grant list' and './lazuli party projects' show it):\n");
        Line($"Allowed:  {sample.Customer} under its licence: {sample.PromptTokens} prompt and {sample.CompletionTokens} generated tokens, {sample.Charge}   (./lazuli usage show {sample.UsageId})");
        Line($"Refused:  {sample.RefusedStatus} in a project of another field: {sample.Refusal}");
        if (invoice is not null)
        {
            Line($"Invoice:  {invoice.Document.Issuer.Id} to {invoice.Document.Customer.Id}, this month until now: {invoice.Document.TotalOf()}, a draft   (./lazuli invoice export {invoice.Id} --format csv)");
        }
    }

    private static string Figure(double? value, string format) => value is { } number ? number.ToString(format, CultureInfo.InvariantCulture) : "-";

    private void Line(FormattableString text) => terminal.Data.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private void Line(string text) => terminal.Data.WriteLine(text);
}
