using System.Text.Json;

namespace Lazuli.Models.Tests;

public class JinjaTemplateTests
{
    /// <summary>The values that <see cref="JinjaCases"/> were made with.</summary>
    private static readonly Dictionary<string, object?> Values = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(
        """
        {"s":"Hello World","e":"","n":7,"f":2.5,"t":true,"no":null,"l":[3,1,2],"w":["b","A","c","a"],"d":{"b":1,"a":2,"C":3},
         "m":[{"role":"system","content":" S "},{"role":"user","content":"U"},{"role":"assistant","content":"A","n":{"k":[1,2]}}],
         "u":"Köln 😀!","g":"it's \"x\"\n\\"}
        """)!.ToDictionary(p => p.Key, p => (object?)p.Value);

    [Fact]
    public void Expressions_mean_what_they_mean_in_Jinja() => AssertAll(JinjaCases.Expressions);

    [Fact]
    public void Statements_and_white_space_mean_what_they_mean_in_Jinja() => AssertAll(JinjaCases.Statements);

    private static void AssertAll((string Template, string Text)[] cases)
    {
        var wrong = new List<string>();
        foreach ((string template, string text) in cases)
        {
            string found;
            try
            {
                found = JinjaTemplate.Parse(template).Render(Values).Text;
            }
            catch (JinjaException e)
            {
                found = e.Message;
            }

            if (found != text)
            {
                wrong.Add($"{template}\n  expected {text}\n  found    {found}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }
}
