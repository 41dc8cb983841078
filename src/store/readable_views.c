/* Views with ids as text, made from what the tables are. */
#include "store/readable_views.h"

#include "base/text.h"

#include <mysql.h>

/* Its rows are the statements that bring the views up to date. */
static const char views_sql[] =
    "SELECT CONCAT('DROP VIEW `', v.table_name, '`') FROM information_schema.views v WHERE v.table_schema = DATABASE() "
    "AND v.table_name LIKE 'readable\\_%' AND NOT EXISTS (SELECT 1 FROM information_schema.columns c "
    "WHERE c.table_schema = DATABASE() AND CONCAT('readable_', c.table_name) = v.table_name AND c.column_type = 'binary(16)') "
    "UNION ALL SELECT CONCAT('CREATE OR REPLACE SQL SECURITY INVOKER VIEW `readable_', c.table_name, '` AS SELECT ', "
    "GROUP_CONCAT(IF(c.column_type = 'binary(16)', CONCAT('CAST(`', c.column_name, '` AS UUID) AS `', c.column_name, '`'), "
    "CONCAT('`', c.column_name, '`')) ORDER BY c.ordinal_position SEPARATOR ', '), ' FROM `', c.table_name, '`') "
    "FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name) "
    "WHERE table_schema = DATABASE() AND t.table_type = 'BASE TABLE' "
    "GROUP BY c.table_name HAVING MAX(c.column_type = 'binary(16)')";

bool
readable_views_make(struct st_mysql *connection, struct text *fault)
{
	MYSQL_RES *statements = NULL;
	MYSQL_ROW  row;
	bool       fine = mysql_real_query(connection, views_sql, sizeof views_sql - 1) == 0 &&
	    (statements = mysql_store_result(connection)) != NULL;

	while (fine && (row = mysql_fetch_row(statements)) != NULL)
		fine = mysql_real_query(connection, row[0], strlen(row[0])) == 0;
	if (!fine)
		text_addf(fault, "cannot create the views with text ids: %s", mysql_error(connection));
	mysql_free_result(statements);
	return fine;
}
